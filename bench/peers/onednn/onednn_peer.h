/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What bench/tensor/kernel_bench needs of oneDNN, as C, so that it can be
 * loaded while the bench runs and Hone is built without it. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/* A forward convolution, batch 1; `groups` = channels makes it depthwise. */
typedef struct {
  int in_channels, in_height, in_width;
  int out_channels, out_height, out_width;
  int kernel_height, kernel_width;
  int stride, pad, groups;
} peer_convolution_shape;

/* Row-major C = A B; 0 is success. */
int peer_sgemm(int m, int n, int k, const float* a, const float* b, float* c);

/* x is NCHW, w OIHW (grouped: GOIHW). oneDNN chooses its own layouts; the
 * reorders into them happen here, outside any clock. Null where it cannot. */
void* peer_convolution_open(const peer_convolution_shape* shape, const float* x,
                            const float* w);
void peer_convolution_run(void* handle);
/* The result as NCHW. */
void peer_convolution_read(void* handle, float* y);
void peer_convolution_close(void* handle);

#ifdef __cplusplus
}
#endif
