import streamlit as st

st.title("Machine", anchor=False)
