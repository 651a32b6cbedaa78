// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "onednn_peer.h"

#include <cstring>
#include <oneapi/dnnl/dnnl.hpp>

using dnnl::memory;
using tag = memory::format_tag;

namespace {

struct Convolution {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  dnnl::convolution_forward primitive;
  memory x, w, y;
  memory::desc plain_y;
};

memory::desc plain(memory::dims dims) {
  static const tag tags[] = {tag::a, tag::ab, tag::abc, tag::abcd, tag::abcde};
  return {dims, memory::data_type::f32, tags[dims.size() - 1]};
}

memory::desc any(memory::dims dims) {
  return {dims, memory::data_type::f32, tag::any};
}

void reorder(Convolution& c, memory from, memory to) {
  dnnl::reorder(from, to).execute(c.stream, from, to);
  c.stream.wait();
}

}  // namespace

int peer_sgemm(int m, int n, int k, const float* a, const float* b, float* c) {
  return dnnl_sgemm('N', 'N', m, n, k, 1.0f, a, k, b, n, 0.0f, c, n);
}

void* peer_convolution_open(const peer_convolution_shape* s, const float* x,
                            const float* w) try {
  auto c = std::make_unique<Convolution>();
  const memory::dims x_dims{1, s->in_channels, s->in_height, s->in_width};
  const memory::dims y_dims{1, s->out_channels, s->out_height, s->out_width};
  memory::dims w_dims{s->out_channels / s->groups, s->in_channels / s->groups,
                      s->kernel_height, s->kernel_width};
  if (s->groups > 1) w_dims.insert(w_dims.begin(), s->groups);
  const memory::dims stride{s->stride, s->stride};
  const memory::dims pad{s->pad, s->pad};
  dnnl::convolution_forward::primitive_desc description(
      c->engine, dnnl::prop_kind::forward_inference,
      dnnl::algorithm::convolution_direct, any(x_dims), any(w_dims),
      any(y_dims), stride, pad, pad);
  c->primitive = dnnl::convolution_forward(description);
  c->x = memory(description.src_desc(), c->engine);
  c->w = memory(description.weights_desc(), c->engine);
  c->y = memory(description.dst_desc(), c->engine);
  c->plain_y = plain(y_dims);
  reorder(*c, memory(plain(x_dims), c->engine, const_cast<float*>(x)), c->x);
  reorder(*c, memory(plain(w_dims), c->engine, const_cast<float*>(w)), c->w);
  return c.release();
} catch (const dnnl::error&) {
  return nullptr;
}

void peer_convolution_run(void* handle) {
  auto& c = *static_cast<Convolution*>(handle);
  c.primitive.execute(
      c.stream,
      {{DNNL_ARG_SRC, c.x}, {DNNL_ARG_WEIGHTS, c.w}, {DNNL_ARG_DST, c.y}});
  c.stream.wait();
}

void peer_convolution_read(void* handle, float* y) {
  auto& c = *static_cast<Convolution*>(handle);
  reorder(c, c.y, memory(c.plain_y, c.engine, y));
}

void peer_convolution_close(void* handle) {
  delete static_cast<Convolution*>(handle);
}
