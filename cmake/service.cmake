# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Finds what the service room is built on. gRPC's own file wants protobuf found
# before it.
find_package(Protobuf REQUIRED)
find_package(gRPC REQUIRED CONFIG)
find_library(HTTPLIB cpp-httplib REQUIRED)
# re2 asks for -pthread, with which no precompiled header of ours can be used.
foreach(target re2::re2 gRPC::grpc gRPC::grpc++)
  if(TARGET ${target})
    set_property(TARGET ${target} PROPERTY INTERFACE_COMPILE_OPTIONS)
  endif()
endforeach()
