; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
source_filename = "globals.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

%struct.anon = type { i32, i32 }

@globals_public = global i32 3, align 4
@globals_lut = internal constant [8 x i32] [i32 1, i32 2, i32 4, i32 8, i32 16, i32 32, i32 64, i32 128], align 16
@globals_never = internal global i32 4, align 4
@globals_once = internal global i32 0, align 4
@globals_array = internal global [4 x i32] zeroinitializer, align 16
@globals_pair = internal global %struct.anon zeroinitializer, align 4
@globals_a = internal constant [10 x i8] c"same text\00", align 1
@globals_b = internal constant [10 x i8] c"same text\00", align 1
@globals_weak = extern_weak global i32, align 4
@globals_names = internal constant [4 x ptr] [ptr @.str, ptr @.str.1, ptr @.str.2, ptr @.str.3], align 16
@.str = private unnamed_addr constant [6 x i8] c"alpha\00", align 1
@.str.1 = private unnamed_addr constant [5 x i8] c"beta\00", align 1
@.str.2 = private unnamed_addr constant [6 x i8] c"gamma\00", align 1
@.str.3 = private unnamed_addr constant [6 x i8] c"delta\00", align 1
@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @globals_ctor, ptr null }]

@globals_alias = alias i32 (), ptr @globals_address

; Function Attrs: minsize nounwind optsize uwtable
define i32 @globals_read(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  %3 = load i32, ptr %2, align 4, !tbaa !4
  %4 = and i32 %3, 7
  %5 = sext i32 %4 to i64
  %6 = getelementptr inbounds [8 x i32], ptr @globals_lut, i64 0, i64 %5
  %7 = load i32, ptr %6, align 4, !tbaa !4
  %8 = load i32, ptr @globals_never, align 4, !tbaa !4
  %9 = add nsw i32 %7, %8
  ret i32 %9
}

; Function Attrs: minsize nounwind optsize uwtable
define void @globals_write(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  store i32 1, ptr @globals_once, align 4, !tbaa !4
  %3 = load i32, ptr %2, align 4, !tbaa !4
  %4 = load i32, ptr %2, align 4, !tbaa !4
  %5 = and i32 %4, 3
  %6 = sext i32 %5 to i64
  %7 = getelementptr inbounds [4 x i32], ptr @globals_array, i64 0, i64 %6
  store i32 %3, ptr %7, align 4, !tbaa !4
  store i32 1, ptr @globals_pair, align 4, !tbaa !8
  %8 = load i32, ptr %2, align 4, !tbaa !4
  %9 = load i32, ptr @globals_public, align 4, !tbaa !4
  %10 = add nsw i32 %9, %8
  store i32 %10, ptr @globals_public, align 4, !tbaa !4
  ret void
}

; Function Attrs: minsize nounwind optsize uwtable
define ptr @globals_text(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  %3 = load i32, ptr %2, align 4, !tbaa !4
  %4 = icmp ne i32 %3, 0
  %5 = zext i1 %4 to i64
  %6 = select i1 %4, ptr @globals_a, ptr @globals_b
  ret ptr %6
}

; Function Attrs: minsize nounwind optsize uwtable
define hidden i32 @globals_visible() #0 {
  %1 = load i32, ptr @globals_once, align 4, !tbaa !4
  %2 = icmp ne i32 %1, 0
  br i1 %2, label %3, label %5

3:                                                ; preds = %0
  %4 = load i32, ptr getelementptr inbounds ([4 x i32], ptr @globals_array, i64 0, i64 2), align 8, !tbaa !4
  br label %7

5:                                                ; preds = %0
  %6 = load i32, ptr @globals_pair, align 4, !tbaa !8
  br label %7

7:                                                ; preds = %5, %3
  %8 = phi i32 [ %4, %3 ], [ %6, %5 ]
  ret i32 %8
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @globals_address() #0 {
  %1 = icmp ne ptr @globals_weak, null
  br i1 %1, label %2, label %4

2:                                                ; preds = %0
  %3 = load i32, ptr @globals_weak, align 4, !tbaa !4
  br label %5

4:                                                ; preds = %0
  br label %5

5:                                                ; preds = %4, %2
  %6 = phi i32 [ %3, %2 ], [ 0, %4 ]
  ret i32 %6
}

; Function Attrs: minsize nounwind optsize uwtable
define internal void @globals_ctor() #0 {
  store i32 17, ptr @globals_public, align 4, !tbaa !4
  ret void
}

; Function Attrs: minsize nounwind optsize uwtable
define ptr @globals_lookup(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  %3 = load i32, ptr %2, align 4, !tbaa !4
  %4 = and i32 %3, 3
  %5 = zext i32 %4 to i64
  %6 = getelementptr inbounds nuw [4 x ptr], ptr @globals_names, i64 0, i64 %5
  %7 = load ptr, ptr %6, align 8, !tbaa !10
  ret ptr %7
}

attributes #0 = { minsize nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }

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
!8 = !{!9, !5, i64 0}
!9 = !{!"", !5, i64 0, !5, i64 4}
!10 = !{!11, !11, i64 0}
!11 = !{!"p1 omnipotent char", !12, i64 0}
!12 = !{!"any pointer", !6, i64 0}
