; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
source_filename = "floating.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; Function Attrs: minsize nounwind optsize uwtable
define double @floating_poly(double noundef %0) #0 {
  %2 = alloca double, align 8
  store double %0, ptr %2, align 8, !tbaa !8
  %3 = load double, ptr %2, align 8, !tbaa !8
  %4 = call double @llvm.fmuladd.f64(double %3, double 3.000000e+00, double -2.000000e+00)
  %5 = load double, ptr %2, align 8, !tbaa !8
  %6 = call double @llvm.fmuladd.f64(double %4, double %5, double 1.000000e+00)
  %7 = load double, ptr %2, align 8, !tbaa !8
  %8 = call double @llvm.fmuladd.f64(double %6, double %7, double -5.000000e-01)
  ret double %8
}

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare double @llvm.fmuladd.f64(double, double, double) #1

; Function Attrs: minsize nounwind optsize uwtable
define i32 @floating_round(double noundef %0) #0 {
  %2 = alloca double, align 8
  store double %0, ptr %2, align 8, !tbaa !8
  %3 = load double, ptr %2, align 8, !tbaa !8
  %4 = call double @llvm.floor.f64(double %3)
  %5 = fptosi double %4 to i32
  %6 = load double, ptr %2, align 8, !tbaa !8
  %7 = call double @llvm.ceil.f64(double %6)
  %8 = fptosi double %7 to i32
  %9 = add nsw i32 %5, %8
  %10 = load double, ptr %2, align 8, !tbaa !8
  %11 = load double, ptr %2, align 8, !tbaa !8
  %12 = fcmp une double %10, %11
  %13 = zext i1 %12 to i32
  %14 = add nsw i32 %9, %13
  ret i32 %14
}

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare double @llvm.floor.f64(double) #1

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare double @llvm.ceil.f64(double) #1

; Function Attrs: minsize nounwind optsize uwtable
define double @floating_lib(double noundef %0, double noundef %1) #0 {
  %3 = alloca double, align 8
  %4 = alloca double, align 8
  store double %0, ptr %3, align 8, !tbaa !8
  store double %1, ptr %4, align 8, !tbaa !8
  %5 = load double, ptr %3, align 8, !tbaa !8
  %6 = load double, ptr %3, align 8, !tbaa !8
  %7 = load double, ptr %4, align 8, !tbaa !8
  %8 = load double, ptr %4, align 8, !tbaa !8
  %9 = fmul double %7, %8
  %10 = call double @llvm.fmuladd.f64(double %5, double %6, double %9)
  %11 = call double @sqrt(double noundef %10) #5, !tbaa !4
  %12 = load double, ptr %3, align 8, !tbaa !8
  %13 = call double @pow(double noundef %12, double noundef 2.000000e+00) #5, !tbaa !4
  %14 = fadd double %11, %13
  %15 = load double, ptr %4, align 8, !tbaa !8
  %16 = call double @llvm.fabs.f64(double %15)
  %17 = fadd double %14, %16
  %18 = load double, ptr %3, align 8, !tbaa !8
  %19 = call double @sin(double noundef %18) #5, !tbaa !4
  %20 = load double, ptr %3, align 8, !tbaa !8
  %21 = call double @sin(double noundef %20) #5, !tbaa !4
  %22 = call double @llvm.fmuladd.f64(double %19, double %21, double %17)
  %23 = load double, ptr %3, align 8, !tbaa !8
  %24 = call double @cos(double noundef %23) #5, !tbaa !4
  %25 = fadd double %22, %24
  ret double %25
}

; Function Attrs: minsize nounwind optsize
declare double @sqrt(double noundef) #2

; Function Attrs: minsize nounwind optsize
declare double @pow(double noundef, double noundef) #2

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare double @llvm.fabs.f64(double) #1

; Function Attrs: minsize nounwind optsize
declare double @sin(double noundef) #2

; Function Attrs: minsize nounwind optsize
declare double @cos(double noundef) #2

; Function Attrs: minsize nounwind optsize uwtable
define float @floating_convert(i32 noundef %0, i32 noundef %1, float noundef %2) #0 {
  %4 = alloca i32, align 4
  %5 = alloca i32, align 4
  %6 = alloca float, align 4
  store i32 %0, ptr %4, align 4, !tbaa !4
  store i32 %1, ptr %5, align 4, !tbaa !4
  store float %2, ptr %6, align 4, !tbaa !10
  %7 = load i32, ptr %4, align 4, !tbaa !4
  %8 = sitofp i32 %7 to float
  %9 = load float, ptr %6, align 4, !tbaa !10
  %10 = fpext float %9 to double
  %11 = fptrunc double %10 to float
  %12 = fadd float %8, %11
  %13 = load i32, ptr %5, align 4, !tbaa !4
  %14 = uitofp i32 %13 to float
  %15 = fadd float %12, %14
  ret float %15
}

; Function Attrs: minsize nounwind optsize uwtable
define double @floating_sum(ptr noundef %0, i32 noundef %1) #0 {
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  %5 = alloca double, align 8
  %6 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !12
  store i32 %1, ptr %4, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %5) #6
  store double 0.000000e+00, ptr %5, align 8, !tbaa !8
  call void @llvm.lifetime.start.p0(ptr %6) #6
  store i32 0, ptr %6, align 4, !tbaa !4
  br label %7

7:                                                ; preds = %21, %2
  %8 = load i32, ptr %6, align 4, !tbaa !4
  %9 = load i32, ptr %4, align 4, !tbaa !4
  %10 = icmp slt i32 %8, %9
  br i1 %10, label %12, label %11

11:                                               ; preds = %7
  call void @llvm.lifetime.end.p0(ptr %6) #6
  br label %24

12:                                               ; preds = %7
  %13 = load ptr, ptr %3, align 8, !tbaa !12
  %14 = load i32, ptr %6, align 4, !tbaa !4
  %15 = sext i32 %14 to i64
  %16 = getelementptr inbounds double, ptr %13, i64 %15
  %17 = load double, ptr %16, align 8, !tbaa !8
  %18 = fdiv double %17, 3.000000e+00
  %19 = load double, ptr %5, align 8, !tbaa !8
  %20 = fadd double %19, %18
  store double %20, ptr %5, align 8, !tbaa !8
  br label %21

21:                                               ; preds = %12
  %22 = load i32, ptr %6, align 4, !tbaa !4
  %23 = add nsw i32 %22, 1
  store i32 %23, ptr %6, align 4, !tbaa !4
  br label %7, !llvm.loop !15

24:                                               ; preds = %11
  %25 = load double, ptr %5, align 8, !tbaa !8
  call void @llvm.lifetime.end.p0(ptr %5) #6
  ret double %25
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #3

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #3

; Function Attrs: minsize noinline nounwind optsize uwtable
define double @floating_fast(ptr noundef %0, i32 noundef %1) #4 {
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  %5 = alloca double, align 8
  %6 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !12
  store i32 %1, ptr %4, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %5) #6
  store double 0.000000e+00, ptr %5, align 8, !tbaa !8
  call void @llvm.lifetime.start.p0(ptr %6) #6
  store i32 0, ptr %6, align 4, !tbaa !4
  br label %7

7:                                                ; preds = %26, %2
  %8 = load i32, ptr %6, align 4, !tbaa !4
  %9 = load i32, ptr %4, align 4, !tbaa !4
  %10 = icmp slt i32 %8, %9
  br i1 %10, label %12, label %11

11:                                               ; preds = %7
  call void @llvm.lifetime.end.p0(ptr %6) #6
  br label %29

12:                                               ; preds = %7
  %13 = load ptr, ptr %3, align 8, !tbaa !12
  %14 = load i32, ptr %6, align 4, !tbaa !4
  %15 = sext i32 %14 to i64
  %16 = getelementptr inbounds double, ptr %13, i64 %15
  %17 = load double, ptr %16, align 8, !tbaa !8
  %18 = load ptr, ptr %3, align 8, !tbaa !12
  %19 = load i32, ptr %6, align 4, !tbaa !4
  %20 = sext i32 %19 to i64
  %21 = getelementptr inbounds double, ptr %18, i64 %20
  %22 = load double, ptr %21, align 8, !tbaa !8
  %23 = fmul reassoc contract double %17, %22
  %24 = load double, ptr %5, align 8, !tbaa !8
  %25 = fadd reassoc contract double %24, %23
  store double %25, ptr %5, align 8, !tbaa !8
  br label %26

26:                                               ; preds = %12
  %27 = load i32, ptr %6, align 4, !tbaa !4
  %28 = add nsw i32 %27, 1
  store i32 %28, ptr %6, align 4, !tbaa !4
  br label %7, !llvm.loop !17

29:                                               ; preds = %11
  %30 = load double, ptr %5, align 8, !tbaa !8
  call void @llvm.lifetime.end.p0(ptr %5) #6
  ret double %30
}

; Function Attrs: minsize nounwind optsize uwtable
define x86_fp80 @floating_long(x86_fp80 noundef %0) #0 {
  %2 = alloca x86_fp80, align 16
  store x86_fp80 %0, ptr %2, align 16, !tbaa !18
  %3 = load x86_fp80, ptr %2, align 16, !tbaa !18
  %4 = fmul x86_fp80 %3, 0xK3FFFC000000000000000
  ret x86_fp80 %4
}

; Function Attrs: minsize nounwind optsize uwtable
define { double, double } @floating_complex(double noundef %0, double noundef %1, double noundef %2, double noundef %3) #0 {
  %5 = alloca { double, double }, align 8
  %6 = alloca { double, double }, align 8
  %7 = alloca { double, double }, align 8
  %8 = getelementptr inbounds nuw { double, double }, ptr %6, i32 0, i32 0
  store double %0, ptr %8, align 8
  %9 = getelementptr inbounds nuw { double, double }, ptr %6, i32 0, i32 1
  store double %1, ptr %9, align 8
  %10 = getelementptr inbounds nuw { double, double }, ptr %7, i32 0, i32 0
  store double %2, ptr %10, align 8
  %11 = getelementptr inbounds nuw { double, double }, ptr %7, i32 0, i32 1
  store double %3, ptr %11, align 8
  %12 = getelementptr inbounds nuw { double, double }, ptr %6, i32 0, i32 0
  %13 = load double, ptr %12, align 8
  %14 = getelementptr inbounds nuw { double, double }, ptr %6, i32 0, i32 1
  %15 = load double, ptr %14, align 8
  %16 = getelementptr inbounds nuw { double, double }, ptr %7, i32 0, i32 0
  %17 = load double, ptr %16, align 8
  %18 = getelementptr inbounds nuw { double, double }, ptr %7, i32 0, i32 1
  %19 = load double, ptr %18, align 8
  %20 = fmul double %13, %17
  %21 = fmul double %15, %19
  %22 = fmul double %13, %19
  %23 = fmul double %15, %17
  %24 = fsub double %20, %21
  %25 = fadd double %22, %23
  %26 = fcmp uno double %24, %24
  br i1 %26, label %27, label %33, !prof !20

27:                                               ; preds = %4
  %28 = fcmp uno double %25, %25
  br i1 %28, label %29, label %33, !prof !20

29:                                               ; preds = %27
  %30 = call { double, double } @__muldc3(double noundef %13, double noundef %15, double noundef %17, double noundef %19) #5
  %31 = extractvalue { double, double } %30, 0
  %32 = extractvalue { double, double } %30, 1
  br label %33

33:                                               ; preds = %29, %27, %4
  %34 = phi double [ %24, %4 ], [ %24, %27 ], [ %31, %29 ]
  %35 = phi double [ %25, %4 ], [ %25, %27 ], [ %32, %29 ]
  %36 = getelementptr inbounds nuw { double, double }, ptr %5, i32 0, i32 0
  %37 = getelementptr inbounds nuw { double, double }, ptr %5, i32 0, i32 1
  store double %34, ptr %36, align 8
  store double %35, ptr %37, align 8
  %38 = load { double, double }, ptr %5, align 8
  ret { double, double } %38
}

declare { double, double } @__muldc3(double, double, double, double)

; Function Attrs: minsize nounwind optsize uwtable
define i32 @floating_int(float noundef %0) #0 {
  %2 = alloca float, align 4
  %3 = alloca float, align 4
  store float %0, ptr %2, align 4, !tbaa !10
  call void @llvm.lifetime.start.p0(ptr %3) #6
  %4 = load float, ptr %2, align 4, !tbaa !10
  %5 = fptosi float %4 to i32
  %6 = sitofp i32 %5 to float
  store float %6, ptr %3, align 4, !tbaa !10
  %7 = load float, ptr %3, align 4, !tbaa !10
  %8 = fcmp ogt float %7, 3.000000e+00
  br i1 %8, label %9, label %12

9:                                                ; preds = %1
  %10 = load float, ptr %3, align 4, !tbaa !10
  %11 = fcmp olt float %10, 1.000000e+02
  br label %12

12:                                               ; preds = %9, %1
  %13 = phi i1 [ false, %1 ], [ %11, %9 ]
  %14 = zext i1 %13 to i32
  call void @llvm.lifetime.end.p0(ptr %3) #6
  ret i32 %14
}

; Function Attrs: minsize nounwind optsize uwtable
define i64 @floating_divide(i64 noundef %0, i64 noundef %1) #0 {
  %3 = alloca i64, align 8
  %4 = alloca i64, align 8
  store i64 %0, ptr %3, align 8, !tbaa !21
  store i64 %1, ptr %4, align 8, !tbaa !21
  %5 = load i64, ptr %3, align 8, !tbaa !21
  %6 = load i64, ptr %4, align 8, !tbaa !21
  %7 = sdiv i64 %5, %6
  %8 = load i64, ptr %3, align 8, !tbaa !21
  %9 = load i64, ptr %4, align 8, !tbaa !21
  %10 = srem i64 %8, %9
  %11 = add nsw i64 %7, %10
  %12 = load i64, ptr %3, align 8, !tbaa !21
  %13 = sdiv i64 %12, 7
  %14 = add nsw i64 %11, %13
  ret i64 %14
}

attributes #0 = { minsize nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none) }
attributes #2 = { minsize nounwind optsize "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #3 = { nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #4 = { minsize noinline nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #5 = { minsize nounwind optsize }
attributes #6 = { nounwind }

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
!8 = !{!9, !9, i64 0}
!9 = !{!"double", !6, i64 0}
!10 = !{!11, !11, i64 0}
!11 = !{!"float", !6, i64 0}
!12 = !{!13, !13, i64 0}
!13 = !{!"p1 double", !14, i64 0}
!14 = !{!"any pointer", !6, i64 0}
!15 = distinct !{!15, !16}
!16 = !{!"llvm.loop.mustprogress"}
!17 = distinct !{!17, !16}
!18 = !{!19, !19, i64 0}
!19 = !{!"long double", !6, i64 0}
!20 = !{!"branch_weights", i32 1, i32 1048575}
!21 = !{!22, !22, i64 0}
!22 = !{!"long", !6, i64 0}
