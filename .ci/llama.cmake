# Read by CMake while llama-cpp-python is compiled: builds libllama and ggml, which ragnano loads, and nothing else.
# llama-cpp-python forces LLAMA_BUILD_COMMON on in CMake's cache; a variable that is set here has precedence.
set(LLAMA_BUILD_COMMON OFF) # argument parsing, chat templates and downloads of llama.cpp's own programs
set(LLAVA_BUILD OFF) # libmtmd: images and sound
