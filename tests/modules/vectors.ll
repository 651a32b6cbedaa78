; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
source_filename = "vectors.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; Function Attrs: minsize nounwind optsize uwtable
define <4 x i32> @vectors_mix(<4 x i32> noundef %0, <4 x i32> noundef %1) #0 {
  %3 = alloca <4 x i32>, align 16
  %4 = alloca <4 x i32>, align 16
  %5 = alloca <4 x i32>, align 16
  store <4 x i32> %0, ptr %3, align 16, !tbaa !8
  store <4 x i32> %1, ptr %4, align 16, !tbaa !8
  call void @llvm.lifetime.start.p0(ptr %5) #5
  %6 = load <4 x i32>, ptr %3, align 16, !tbaa !8
  %7 = load <4 x i32>, ptr %4, align 16, !tbaa !8
  %8 = mul <4 x i32> %6, %7
  %9 = load <4 x i32>, ptr %3, align 16, !tbaa !8
  %10 = load <4 x i32>, ptr %4, align 16, !tbaa !8
  %11 = icmp sgt <4 x i32> %9, %10
  %12 = sext <4 x i1> %11 to <4 x i32>
  %13 = add <4 x i32> %8, %12
  store <4 x i32> %13, ptr %5, align 16, !tbaa !8
  %14 = load <4 x i32>, ptr %5, align 16, !tbaa !8
  %15 = load <4 x i32>, ptr %3, align 16, !tbaa !8
  %16 = shufflevector <4 x i32> %14, <4 x i32> %15, <4 x i32> <i32 0, i32 4, i32 1, i32 5>
  call void @llvm.lifetime.end.p0(ptr %5) #5
  ret <4 x i32> %16
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #1

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #1

; Function Attrs: minsize nounwind optsize uwtable
define float @vectors_sum(<4 x float> noundef %0) #0 {
  %2 = alloca <4 x float>, align 16
  store <4 x float> %0, ptr %2, align 16, !tbaa !8
  %3 = load <4 x float>, ptr %2, align 16, !tbaa !8
  %4 = extractelement <4 x float> %3, i32 0
  %5 = load <4 x float>, ptr %2, align 16, !tbaa !8
  %6 = extractelement <4 x float> %5, i32 1
  %7 = fadd float %4, %6
  %8 = load <4 x float>, ptr %2, align 16, !tbaa !8
  %9 = extractelement <4 x float> %8, i32 2
  %10 = fadd float %7, %9
  %11 = load <4 x float>, ptr %2, align 16, !tbaa !8
  %12 = extractelement <4 x float> %11, i32 3
  %13 = fadd float %10, %12
  ret float %13
}

; Function Attrs: minsize nounwind optsize uwtable
define void @vectors_store(ptr noundef %0, ptr noundef %1) #2 {
  %3 = alloca ptr, align 8
  %4 = alloca ptr, align 8
  store ptr %0, ptr %3, align 8, !tbaa !9
  store ptr %1, ptr %4, align 8, !tbaa !9
  %5 = load ptr, ptr %4, align 8, !tbaa !9
  %6 = getelementptr inbounds float, ptr %5, i64 0
  %7 = load float, ptr %6, align 4, !tbaa !12
  %8 = call float @llvm.fmuladd.f32(float %7, float 2.000000e+00, float 1.000000e+00)
  %9 = load ptr, ptr %3, align 8, !tbaa !9
  %10 = getelementptr inbounds float, ptr %9, i64 0
  store float %8, ptr %10, align 4, !tbaa !12
  %11 = load ptr, ptr %4, align 8, !tbaa !9
  %12 = getelementptr inbounds float, ptr %11, i64 1
  %13 = load float, ptr %12, align 4, !tbaa !12
  %14 = call float @llvm.fmuladd.f32(float %13, float 2.000000e+00, float 1.000000e+00)
  %15 = load ptr, ptr %3, align 8, !tbaa !9
  %16 = getelementptr inbounds float, ptr %15, i64 1
  store float %14, ptr %16, align 4, !tbaa !12
  %17 = load ptr, ptr %4, align 8, !tbaa !9
  %18 = getelementptr inbounds float, ptr %17, i64 2
  %19 = load float, ptr %18, align 4, !tbaa !12
  %20 = call float @llvm.fmuladd.f32(float %19, float 2.000000e+00, float 1.000000e+00)
  %21 = load ptr, ptr %3, align 8, !tbaa !9
  %22 = getelementptr inbounds float, ptr %21, i64 2
  store float %20, ptr %22, align 4, !tbaa !12
  %23 = load ptr, ptr %4, align 8, !tbaa !9
  %24 = getelementptr inbounds float, ptr %23, i64 3
  %25 = load float, ptr %24, align 4, !tbaa !12
  %26 = call float @llvm.fmuladd.f32(float %25, float 2.000000e+00, float 1.000000e+00)
  %27 = load ptr, ptr %3, align 8, !tbaa !9
  %28 = getelementptr inbounds float, ptr %27, i64 3
  store float %26, ptr %28, align 4, !tbaa !12
  ret void
}

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare float @llvm.fmuladd.f32(float, float, float) #3

; Function Attrs: minsize nounwind optsize uwtable
define <2 x double> @vectors_select(<2 x double> noundef %0, <2 x double> noundef %1, i32 noundef %2) #0 {
  %4 = alloca <2 x double>, align 16
  %5 = alloca <2 x double>, align 16
  %6 = alloca i32, align 4
  %7 = alloca <2 x double>, align 16
  store <2 x double> %0, ptr %4, align 16, !tbaa !8
  store <2 x double> %1, ptr %5, align 16, !tbaa !8
  store i32 %2, ptr %6, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %7) #5
  %8 = load i32, ptr %6, align 4, !tbaa !4
  %9 = icmp ne i32 %8, 0
  br i1 %9, label %10, label %12

10:                                               ; preds = %3
  %11 = load <2 x double>, ptr %4, align 16, !tbaa !8
  br label %14

12:                                               ; preds = %3
  %13 = load <2 x double>, ptr %5, align 16, !tbaa !8
  br label %14

14:                                               ; preds = %12, %10
  %15 = phi <2 x double> [ %11, %10 ], [ %13, %12 ]
  store <2 x double> %15, ptr %7, align 16, !tbaa !8
  %16 = load i32, ptr %6, align 4, !tbaa !4
  %17 = and i32 %16, 1
  %18 = load <2 x double>, ptr %7, align 16
  %19 = insertelement <2 x double> %18, double 3.000000e+00, i32 %17
  store <2 x double> %19, ptr %7, align 16
  %20 = load <2 x double>, ptr %7, align 16, !tbaa !8
  %21 = load <2 x double>, ptr %5, align 16, !tbaa !8
  %22 = fdiv <2 x double> %20, %21
  call void @llvm.lifetime.end.p0(ptr %7) #5
  ret <2 x double> %22
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @vectors_reduce(ptr noundef %0) #2 {
  %2 = alloca ptr, align 8
  store ptr %0, ptr %2, align 8, !tbaa !14
  %3 = load ptr, ptr %2, align 8, !tbaa !14
  %4 = load <4 x i32>, ptr %3, align 16, !tbaa !8
  %5 = call i32 @llvm.vector.reduce.add.v4i32(<4 x i32> %4)
  %6 = load ptr, ptr %2, align 8, !tbaa !14
  %7 = getelementptr inbounds <4 x i32>, ptr %6, i64 1
  %8 = load <4 x i32>, ptr %7, align 16, !tbaa !8
  %9 = call i32 @llvm.vector.reduce.smax.v4i32(<4 x i32> %8)
  %10 = add nsw i32 %5, %9
  ret i32 %10
}

; Function Attrs: nocallback nofree nosync nounwind speculatable willreturn memory(none)
declare i32 @llvm.vector.reduce.add.v4i32(<4 x i32>) #4

; Function Attrs: nocallback nofree nosync nounwind speculatable willreturn memory(none)
declare i32 @llvm.vector.reduce.smax.v4i32(<4 x i32>) #4

; Function Attrs: minsize nounwind optsize uwtable
define void @vectors_interleave(ptr noalias noundef %0, ptr noalias noundef %1) #2 {
  %3 = alloca ptr, align 8
  %4 = alloca ptr, align 8
  %5 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !14
  store ptr %1, ptr %4, align 8, !tbaa !14
  call void @llvm.lifetime.start.p0(ptr %5) #5
  store i32 0, ptr %5, align 4, !tbaa !4
  br label %6

6:                                                ; preds = %29, %2
  %7 = load i32, ptr %5, align 4, !tbaa !4
  %8 = icmp slt i32 %7, 256
  br i1 %8, label %10, label %9

9:                                                ; preds = %6
  call void @llvm.lifetime.end.p0(ptr %5) #5
  br label %32

10:                                               ; preds = %6
  %11 = load ptr, ptr %4, align 8, !tbaa !14
  %12 = load i32, ptr %5, align 4, !tbaa !4
  %13 = mul nsw i32 2, %12
  %14 = sext i32 %13 to i64
  %15 = getelementptr inbounds i32, ptr %11, i64 %14
  %16 = load i32, ptr %15, align 4, !tbaa !4
  %17 = load ptr, ptr %4, align 8, !tbaa !14
  %18 = load i32, ptr %5, align 4, !tbaa !4
  %19 = mul nsw i32 2, %18
  %20 = add nsw i32 %19, 1
  %21 = sext i32 %20 to i64
  %22 = getelementptr inbounds i32, ptr %17, i64 %21
  %23 = load i32, ptr %22, align 4, !tbaa !4
  %24 = mul nsw i32 %16, %23
  %25 = load ptr, ptr %3, align 8, !tbaa !14
  %26 = load i32, ptr %5, align 4, !tbaa !4
  %27 = sext i32 %26 to i64
  %28 = getelementptr inbounds i32, ptr %25, i64 %27
  store i32 %24, ptr %28, align 4, !tbaa !4
  br label %29

29:                                               ; preds = %10
  %30 = load i32, ptr %5, align 4, !tbaa !4
  %31 = add nsw i32 %30, 1
  store i32 %31, ptr %5, align 4, !tbaa !4
  br label %6, !llvm.loop !16

32:                                               ; preds = %9
  ret void
}

attributes #0 = { minsize nounwind optsize uwtable "min-legal-vector-width"="128" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #2 = { minsize nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #3 = { nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none) }
attributes #4 = { nocallback nofree nosync nounwind speculatable willreturn memory(none) }
attributes #5 = { nounwind }

!llvm.module.flags = !{!0, !1, !2}
!llvm.errno.tbaa = !{!4}

!0 = !{i32 1, !"wchar_size", i32 4}
!1 = !{i32 8, !"PIC Level", i32 2}
!2 = !{i32 7, !"uwtable", i32 2}
!3 = !{!"Debian clang version 22.1.8 (1~deb12u1)"}
!4 = !{!5, !5, i64 0}
!5 = !{!"int", !6, i64 0}
!6 = !{!"omnipotent char", !7, i64 0}
!7 = !{!"Simple C/C++ TBAA"}
!8 = !{!6, !6, i64 0}
!9 = !{!10, !10, i64 0}
!10 = !{!"p1 float", !11, i64 0}
!11 = !{!"any pointer", !6, i64 0}
!12 = !{!13, !13, i64 0}
!13 = !{!"float", !6, i64 0}
!14 = !{!15, !15, i64 0}
!15 = !{!"p1 int", !11, i64 0}
!16 = distinct !{!16, !17}
!17 = !{!"llvm.loop.mustprogress"}
