; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
source_filename = "atomics.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

%struct.atomic_flag = type { i8 }

@atomics_count = internal global i32 0, align 4
@atomics_tls = thread_local global i32 0, align 4
@atomics_plain = global i32 0, align 4
@atomics_io = global i32 0, align 4

; Function Attrs: minsize nounwind optsize uwtable
define i32 @atomics_add(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  %3 = alloca i32, align 4
  %4 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  %5 = load i32, ptr %2, align 4, !tbaa !4
  store i32 %5, ptr %3, align 4, !tbaa !4
  %6 = load i32, ptr %3, align 4
  %7 = atomicrmw add ptr @atomics_count, i32 %6 seq_cst, align 4
  store i32 %7, ptr %4, align 4
  %8 = load i32, ptr %4, align 4, !tbaa !4
  %9 = call align 4 ptr @llvm.threadlocal.address.p0(ptr align 4 @atomics_tls)
  %10 = load i32, ptr %9, align 4, !tbaa !4
  %11 = add nsw i32 %10, 1
  store i32 %11, ptr %9, align 4, !tbaa !4
  %12 = add nsw i32 %8, %10
  ret i32 %12
}

; Function Attrs: nocallback nofree nosync nounwind speculatable willreturn memory(none)
declare nonnull ptr @llvm.threadlocal.address.p0(ptr nonnull) #1

; Function Attrs: minsize nounwind optsize uwtable
define i32 @atomics_cas(ptr noundef %0, i64 noundef %1, i64 noundef %2) #0 {
  %4 = alloca ptr, align 8
  %5 = alloca i64, align 8
  %6 = alloca i64, align 8
  %7 = alloca i64, align 8
  %8 = alloca i8, align 1
  store ptr %0, ptr %4, align 8, !tbaa !8
  store i64 %1, ptr %5, align 8, !tbaa !10
  store i64 %2, ptr %6, align 8, !tbaa !10
  %9 = load ptr, ptr %4, align 8, !tbaa !8
  %10 = load i64, ptr %6, align 8, !tbaa !10
  store i64 %10, ptr %7, align 8, !tbaa !10
  %11 = load i64, ptr %5, align 8
  %12 = load i64, ptr %7, align 8
  %13 = cmpxchg ptr %9, i64 %11, i64 %12 seq_cst seq_cst, align 8
  %14 = extractvalue { i64, i1 } %13, 0
  %15 = extractvalue { i64, i1 } %13, 1
  br i1 %15, label %17, label %16

16:                                               ; preds = %3
  store i64 %14, ptr %5, align 8
  br label %17

17:                                               ; preds = %16, %3
  %18 = zext i1 %15 to i8
  store i8 %18, ptr %8, align 1, !tbaa !12
  %19 = load i8, ptr %8, align 1, !tbaa !12, !range !14, !noundef !15
  %20 = trunc i8 %19 to i1
  br i1 %20, label %21, label %22

21:                                               ; preds = %17
  br label %25

22:                                               ; preds = %17
  %23 = load i64, ptr %5, align 8, !tbaa !10
  %24 = trunc i64 %23 to i32
  br label %25

25:                                               ; preds = %22, %21
  %26 = phi i32 [ 1, %21 ], [ %24, %22 ]
  ret i32 %26
}

; Function Attrs: minsize nounwind optsize uwtable
define void @atomics_lock(ptr noundef %0) #0 {
  %2 = alloca ptr, align 8
  %3 = alloca i8, align 1
  %4 = alloca i8, align 1
  %5 = alloca i8, align 1
  store ptr %0, ptr %2, align 8, !tbaa !16
  br label %6

6:                                                ; preds = %13, %1
  %7 = load ptr, ptr %2, align 8, !tbaa !16
  %8 = getelementptr inbounds nuw %struct.atomic_flag, ptr %7, i32 0, i32 0
  store i8 1, ptr %3, align 1, !tbaa !12
  %9 = load i8, ptr %3, align 1
  %10 = atomicrmw xchg ptr %8, i8 %9 acquire, align 1
  store i8 %10, ptr %4, align 1
  %11 = load i8, ptr %4, align 1, !tbaa !12, !range !14, !noundef !15
  %12 = trunc i8 %11 to i1
  br i1 %12, label %13, label %14

13:                                               ; preds = %6
  br label %6, !llvm.loop !18

14:                                               ; preds = %6
  %15 = load i32, ptr @atomics_plain, align 4, !tbaa !4
  %16 = add nsw i32 %15, 1
  store i32 %16, ptr @atomics_plain, align 4, !tbaa !4
  fence release
  %17 = load ptr, ptr %2, align 8, !tbaa !16
  %18 = getelementptr inbounds nuw %struct.atomic_flag, ptr %17, i32 0, i32 0
  store i8 0, ptr %5, align 1, !tbaa !12
  %19 = load i8, ptr %5, align 1
  store atomic i8 %19, ptr %18 seq_cst, align 1
  ret void
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @atomics_volatile() #0 {
  %1 = alloca i32, align 4
  call void @llvm.lifetime.start.p0(ptr %1) #3
  %2 = load volatile i32, ptr @atomics_io, align 4, !tbaa !4
  store i32 %2, ptr %1, align 4, !tbaa !4
  %3 = load volatile i32, ptr @atomics_io, align 4, !tbaa !4
  %4 = load i32, ptr %1, align 4, !tbaa !4
  %5 = add nsw i32 %4, %3
  store i32 %5, ptr %1, align 4, !tbaa !4
  %6 = load i32, ptr %1, align 4, !tbaa !4
  store volatile i32 %6, ptr @atomics_io, align 4, !tbaa !4
  %7 = load i32, ptr %1, align 4, !tbaa !4
  store volatile i32 %7, ptr @atomics_io, align 4, !tbaa !4
  %8 = load i32, ptr %1, align 4, !tbaa !4
  call void @llvm.lifetime.end.p0(ptr %1) #3
  ret i32 %8
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #2

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #2

; Function Attrs: minsize nounwind optsize uwtable
define float @atomics_max(ptr noundef %0, i32 noundef %1) #0 {
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  %5 = alloca i32, align 4
  %6 = alloca i32, align 4
  %7 = alloca i32, align 4
  %8 = alloca i8, align 1
  store ptr %0, ptr %3, align 8, !tbaa !8
  store i32 %1, ptr %4, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %5) #3
  %9 = load ptr, ptr %3, align 8, !tbaa !8
  %10 = load atomic i32, ptr %9 monotonic, align 4
  store i32 %10, ptr %6, align 4
  %11 = load i32, ptr %6, align 4, !tbaa !4
  store i32 %11, ptr %5, align 4, !tbaa !4
  br label %12

12:                                               ; preds = %32, %2
  %13 = load i32, ptr %5, align 4, !tbaa !4
  %14 = load i32, ptr %4, align 4, !tbaa !4
  %15 = icmp ult i32 %13, %14
  br i1 %15, label %16, label %30

16:                                               ; preds = %12
  %17 = load ptr, ptr %3, align 8, !tbaa !8
  %18 = load i32, ptr %4, align 4, !tbaa !4
  store i32 %18, ptr %7, align 4, !tbaa !4
  %19 = load i32, ptr %5, align 4
  %20 = load i32, ptr %7, align 4
  %21 = cmpxchg weak ptr %17, i32 %19, i32 %20 seq_cst seq_cst, align 4
  %22 = extractvalue { i32, i1 } %21, 0
  %23 = extractvalue { i32, i1 } %21, 1
  br i1 %23, label %25, label %24

24:                                               ; preds = %16
  store i32 %22, ptr %5, align 4
  br label %25

25:                                               ; preds = %24, %16
  %26 = zext i1 %23 to i8
  store i8 %26, ptr %8, align 1, !tbaa !12
  %27 = load i8, ptr %8, align 1, !tbaa !12, !range !14, !noundef !15
  %28 = trunc i8 %27 to i1
  %29 = xor i1 %28, true
  br label %30

30:                                               ; preds = %25, %12
  %31 = phi i1 [ false, %12 ], [ %29, %25 ]
  br i1 %31, label %32, label %33

32:                                               ; preds = %30
  br label %12, !llvm.loop !20

33:                                               ; preds = %30
  %34 = load i32, ptr %5, align 4, !tbaa !4
  %35 = uitofp i32 %34 to float
  call void @llvm.lifetime.end.p0(ptr %5) #3
  ret float %35
}

attributes #0 = { minsize nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { nocallback nofree nosync nounwind speculatable willreturn memory(none) }
attributes #2 = { nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #3 = { nounwind }

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
!9 = !{!"any pointer", !6, i64 0}
!10 = !{!11, !11, i64 0}
!11 = !{!"long", !6, i64 0}
!12 = !{!13, !13, i64 0}
!13 = !{!"_Bool", !6, i64 0}
!14 = !{i8 0, i8 2}
!15 = !{}
!16 = !{!17, !17, i64 0}
!17 = !{!"p1 _ZTS11atomic_flag", !9, i64 0}
!18 = distinct !{!18, !19}
!19 = !{!"llvm.loop.mustprogress"}
!20 = distinct !{!20, !19}
