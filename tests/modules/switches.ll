; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
source_filename = "switches.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@.str = private unnamed_addr constant [5 x i8] c"zero\00", align 1
@.str.1 = private unnamed_addr constant [4 x i8] c"one\00", align 1
@.str.2 = private unnamed_addr constant [4 x i8] c"two\00", align 1
@.str.3 = private unnamed_addr constant [6 x i8] c"three\00", align 1
@.str.4 = private unnamed_addr constant [5 x i8] c"many\00", align 1
@switches_computed.t = internal constant [3 x ptr] [ptr blockaddress(@switches_computed, %10), ptr blockaddress(@switches_computed, %23), ptr blockaddress(@switches_computed, %36)], align 16

; Function Attrs: minsize nounwind optsize uwtable
define i32 @switches_dense(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  %3 = alloca i32, align 4
  store i32 %0, ptr %3, align 4, !tbaa !4
  %4 = load i32, ptr %3, align 4, !tbaa !4
  switch i32 %4, label %11 [
    i32 0, label %5
    i32 1, label %6
    i32 2, label %7
    i32 3, label %8
    i32 4, label %9
    i32 5, label %10
  ]

5:                                                ; preds = %1
  store i32 7, ptr %2, align 4
  br label %12

6:                                                ; preds = %1
  store i32 13, ptr %2, align 4
  br label %12

7:                                                ; preds = %1
  store i32 28, ptr %2, align 4
  br label %12

8:                                                ; preds = %1
  store i32 5, ptr %2, align 4
  br label %12

9:                                                ; preds = %1
  store i32 91, ptr %2, align 4
  br label %12

10:                                               ; preds = %1
  store i32 2, ptr %2, align 4
  br label %12

11:                                               ; preds = %1
  store i32 -1, ptr %2, align 4
  br label %12

12:                                               ; preds = %11, %10, %9, %8, %7, %6, %5
  %13 = load i32, ptr %2, align 4
  ret i32 %13
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @switches_call(i32 noundef %0, i32 noundef %1) #0 {
  %3 = alloca i32, align 4
  %4 = alloca i32, align 4
  %5 = alloca i32, align 4
  store i32 %0, ptr %4, align 4, !tbaa !4
  store i32 %1, ptr %5, align 4, !tbaa !4
  %6 = load i32, ptr %4, align 4, !tbaa !4
  switch i32 %6, label %32 [
    i32 1, label %7
    i32 2, label %11
    i32 3, label %15
    i32 4, label %19
    i32 50, label %23
    i32 51, label %27
    i32 52, label %30
  ]

7:                                                ; preds = %2
  %8 = load i32, ptr %5, align 4, !tbaa !4
  %9 = add nsw i32 %8, 1
  %10 = call i32 @switches_handle(i32 noundef %9) #3
  store i32 %10, ptr %3, align 4
  br label %33

11:                                               ; preds = %2
  %12 = load i32, ptr %5, align 4, !tbaa !4
  %13 = add nsw i32 %12, 2
  %14 = call i32 @switches_handle(i32 noundef %13) #3
  store i32 %14, ptr %3, align 4
  br label %33

15:                                               ; preds = %2
  %16 = load i32, ptr %5, align 4, !tbaa !4
  %17 = mul nsw i32 %16, 3
  %18 = call i32 @switches_handle(i32 noundef %17) #3
  store i32 %18, ptr %3, align 4
  br label %33

19:                                               ; preds = %2
  %20 = load i32, ptr %5, align 4, !tbaa !4
  %21 = sub nsw i32 %20, 4
  %22 = call i32 @switches_handle(i32 noundef %21) #3
  store i32 %22, ptr %3, align 4
  br label %33

23:                                               ; preds = %2
  %24 = load i32, ptr %5, align 4, !tbaa !4
  %25 = sdiv i32 %24, 5
  %26 = call i32 @switches_handle(i32 noundef %25) #3
  store i32 %26, ptr %3, align 4
  br label %33

27:                                               ; preds = %2
  %28 = load i32, ptr %5, align 4, !tbaa !4
  %29 = add nsw i32 %28, 1
  store i32 %29, ptr %5, align 4, !tbaa !4
  br label %30

30:                                               ; preds = %2, %27
  %31 = load i32, ptr %5, align 4, !tbaa !4
  store i32 %31, ptr %3, align 4
  br label %33

32:                                               ; preds = %2
  store i32 0, ptr %3, align 4
  br label %33

33:                                               ; preds = %32, %30, %23, %19, %15, %11, %7
  %34 = load i32, ptr %3, align 4
  ret i32 %34
}

; Function Attrs: minsize optsize
declare i32 @switches_handle(i32 noundef) #1

; Function Attrs: minsize nounwind optsize uwtable
define ptr @switches_name(i32 noundef %0) #0 {
  %2 = alloca ptr, align 8
  %3 = alloca i32, align 4
  store i32 %0, ptr %3, align 4, !tbaa !4
  %4 = load i32, ptr %3, align 4, !tbaa !4
  switch i32 %4, label %9 [
    i32 0, label %5
    i32 1, label %6
    i32 2, label %7
    i32 3, label %8
  ]

5:                                                ; preds = %1
  store ptr @.str, ptr %2, align 8
  br label %10

6:                                                ; preds = %1
  store ptr @.str.1, ptr %2, align 8
  br label %10

7:                                                ; preds = %1
  store ptr @.str.2, ptr %2, align 8
  br label %10

8:                                                ; preds = %1
  store ptr @.str.3, ptr %2, align 8
  br label %10

9:                                                ; preds = %1
  store ptr @.str.4, ptr %2, align 8
  br label %10

10:                                               ; preds = %9, %8, %7, %6, %5
  %11 = load ptr, ptr %2, align 8
  ret ptr %11
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @switches_machine(ptr noundef %0) #0 {
  %2 = alloca ptr, align 8
  %3 = alloca i32, align 4
  %4 = alloca i32, align 4
  store ptr %0, ptr %2, align 8, !tbaa !8
  call void @llvm.lifetime.start.p0(ptr %3) #4
  store i32 0, ptr %3, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %4) #4
  store i32 0, ptr %4, align 4, !tbaa !4
  br label %5

5:                                                ; preds = %46, %1
  %6 = load ptr, ptr %2, align 8, !tbaa !8
  %7 = load i8, ptr %6, align 1, !tbaa !11
  %8 = icmp ne i8 %7, 0
  br i1 %8, label %9, label %49

9:                                                ; preds = %5
  %10 = load i32, ptr %3, align 4, !tbaa !4
  switch i32 %10, label %45 [
    i32 0, label %11
    i32 1, label %25
    i32 2, label %35
  ]

11:                                               ; preds = %9
  %12 = load ptr, ptr %2, align 8, !tbaa !8
  %13 = load i8, ptr %12, align 1, !tbaa !11
  %14 = sext i8 %13 to i32
  %15 = icmp eq i32 %14, 97
  br i1 %15, label %16, label %17

16:                                               ; preds = %11
  store i32 1, ptr %3, align 4, !tbaa !4
  br label %24

17:                                               ; preds = %11
  %18 = load ptr, ptr %2, align 8, !tbaa !8
  %19 = load i8, ptr %18, align 1, !tbaa !11
  %20 = sext i8 %19 to i32
  %21 = icmp eq i32 %20, 98
  br i1 %21, label %22, label %23

22:                                               ; preds = %17
  store i32 2, ptr %3, align 4, !tbaa !4
  br label %23

23:                                               ; preds = %22, %17
  br label %24

24:                                               ; preds = %23, %16
  br label %45

25:                                               ; preds = %9
  %26 = load ptr, ptr %2, align 8, !tbaa !8
  %27 = load i8, ptr %26, align 1, !tbaa !11
  %28 = sext i8 %27 to i32
  %29 = icmp eq i32 %28, 98
  br i1 %29, label %30, label %33

30:                                               ; preds = %25
  store i32 2, ptr %3, align 4, !tbaa !4
  %31 = load i32, ptr %4, align 4, !tbaa !4
  %32 = add nsw i32 %31, 1
  store i32 %32, ptr %4, align 4, !tbaa !4
  br label %34

33:                                               ; preds = %25
  store i32 0, ptr %3, align 4, !tbaa !4
  br label %34

34:                                               ; preds = %33, %30
  br label %45

35:                                               ; preds = %9
  %36 = load ptr, ptr %2, align 8, !tbaa !8
  %37 = load i8, ptr %36, align 1, !tbaa !11
  %38 = sext i8 %37 to i32
  %39 = icmp eq i32 %38, 99
  br i1 %39, label %40, label %43

40:                                               ; preds = %35
  %41 = load i32, ptr %4, align 4, !tbaa !4
  %42 = add nsw i32 %41, 10
  store i32 %42, ptr %4, align 4, !tbaa !4
  store i32 0, ptr %3, align 4, !tbaa !4
  br label %44

43:                                               ; preds = %35
  store i32 1, ptr %3, align 4, !tbaa !4
  br label %44

44:                                               ; preds = %43, %40
  br label %45

45:                                               ; preds = %9, %44, %34, %24
  br label %46

46:                                               ; preds = %45
  %47 = load ptr, ptr %2, align 8, !tbaa !8
  %48 = getelementptr inbounds nuw i8, ptr %47, i32 1
  store ptr %48, ptr %2, align 8, !tbaa !8
  br label %5, !llvm.loop !12

49:                                               ; preds = %5
  %50 = load i32, ptr %4, align 4, !tbaa !4
  %51 = mul nsw i32 %50, 4
  %52 = load i32, ptr %3, align 4, !tbaa !4
  %53 = add nsw i32 %51, %52
  call void @llvm.lifetime.end.p0(ptr %4) #4
  call void @llvm.lifetime.end.p0(ptr %3) #4
  ret i32 %53
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #2

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #2

; Function Attrs: minsize nounwind optsize uwtable
define i32 @switches_ladder(i32 noundef %0, i32 noundef %1) #0 {
  %3 = alloca i32, align 4
  %4 = alloca i32, align 4
  %5 = alloca i32, align 4
  store i32 %0, ptr %4, align 4, !tbaa !4
  store i32 %1, ptr %5, align 4, !tbaa !4
  %6 = load i32, ptr %4, align 4, !tbaa !4
  %7 = icmp eq i32 %6, 1
  br i1 %7, label %17, label %8

8:                                                ; preds = %2
  %9 = load i32, ptr %4, align 4, !tbaa !4
  %10 = icmp eq i32 %9, 3
  br i1 %10, label %17, label %11

11:                                               ; preds = %8
  %12 = load i32, ptr %4, align 4, !tbaa !4
  %13 = icmp eq i32 %12, 5
  br i1 %13, label %17, label %14

14:                                               ; preds = %11
  %15 = load i32, ptr %4, align 4, !tbaa !4
  %16 = icmp eq i32 %15, 9
  br i1 %16, label %17, label %19

17:                                               ; preds = %14, %11, %8, %2
  %18 = load i32, ptr %5, align 4, !tbaa !4
  store i32 %18, ptr %3, align 4
  br label %38

19:                                               ; preds = %14
  %20 = load i32, ptr %4, align 4, !tbaa !4
  %21 = icmp sgt i32 %20, 10
  br i1 %21, label %22, label %28

22:                                               ; preds = %19
  %23 = load i32, ptr %4, align 4, !tbaa !4
  %24 = icmp slt i32 %23, 20
  br i1 %24, label %25, label %28

25:                                               ; preds = %22
  %26 = load i32, ptr %5, align 4, !tbaa !4
  %27 = mul nsw i32 %26, 2
  store i32 %27, ptr %5, align 4, !tbaa !4
  br label %28

28:                                               ; preds = %25, %22, %19
  %29 = load i32, ptr %4, align 4, !tbaa !4
  %30 = icmp slt i32 %29, 0
  br i1 %30, label %31, label %34

31:                                               ; preds = %28
  %32 = load i32, ptr %5, align 4, !tbaa !4
  %33 = sub nsw i32 0, %32
  br label %36

34:                                               ; preds = %28
  %35 = load i32, ptr %5, align 4, !tbaa !4
  br label %36

36:                                               ; preds = %34, %31
  %37 = phi i32 [ %33, %31 ], [ %35, %34 ]
  store i32 %37, ptr %3, align 4
  br label %38

38:                                               ; preds = %36, %17
  %39 = load i32, ptr %3, align 4
  ret i32 %39
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @switches_computed(ptr noundef %0) #0 {
  %2 = alloca ptr, align 8
  %3 = alloca i32, align 4
  store ptr %0, ptr %2, align 8, !tbaa !8
  store i32 0, ptr %3, align 4, !tbaa !4
  %4 = load ptr, ptr %2, align 8, !tbaa !8
  %5 = getelementptr inbounds nuw i8, ptr %4, i32 1
  store ptr %5, ptr %2, align 8, !tbaa !8
  %6 = load i8, ptr %4, align 1, !tbaa !11
  %7 = zext i8 %6 to i64
  %8 = getelementptr inbounds nuw [3 x ptr], ptr @switches_computed.t, i64 0, i64 %7
  %9 = load ptr, ptr %8, align 8, !tbaa !14
  br label %38

10:                                               ; preds = %38
  %11 = load ptr, ptr %2, align 8, !tbaa !8
  %12 = getelementptr inbounds nuw i8, ptr %11, i32 1
  store ptr %12, ptr %2, align 8, !tbaa !8
  %13 = load i8, ptr %11, align 1, !tbaa !11
  %14 = zext i8 %13 to i32
  %15 = load i32, ptr %3, align 4, !tbaa !4
  %16 = add nsw i32 %15, %14
  store i32 %16, ptr %3, align 4, !tbaa !4
  %17 = load ptr, ptr %2, align 8, !tbaa !8
  %18 = getelementptr inbounds nuw i8, ptr %17, i32 1
  store ptr %18, ptr %2, align 8, !tbaa !8
  %19 = load i8, ptr %17, align 1, !tbaa !11
  %20 = zext i8 %19 to i64
  %21 = getelementptr inbounds nuw [3 x ptr], ptr @switches_computed.t, i64 0, i64 %20
  %22 = load ptr, ptr %21, align 8, !tbaa !14
  br label %38

23:                                               ; preds = %38
  %24 = load ptr, ptr %2, align 8, !tbaa !8
  %25 = getelementptr inbounds nuw i8, ptr %24, i32 1
  store ptr %25, ptr %2, align 8, !tbaa !8
  %26 = load i8, ptr %24, align 1, !tbaa !11
  %27 = zext i8 %26 to i32
  %28 = load i32, ptr %3, align 4, !tbaa !4
  %29 = sub nsw i32 %28, %27
  store i32 %29, ptr %3, align 4, !tbaa !4
  %30 = load ptr, ptr %2, align 8, !tbaa !8
  %31 = getelementptr inbounds nuw i8, ptr %30, i32 1
  store ptr %31, ptr %2, align 8, !tbaa !8
  %32 = load i8, ptr %30, align 1, !tbaa !11
  %33 = zext i8 %32 to i64
  %34 = getelementptr inbounds nuw [3 x ptr], ptr @switches_computed.t, i64 0, i64 %33
  %35 = load ptr, ptr %34, align 8, !tbaa !14
  br label %38

36:                                               ; preds = %38
  %37 = load i32, ptr %3, align 4, !tbaa !4
  ret i32 %37

38:                                               ; preds = %23, %10, %1
  %39 = phi ptr [ %9, %1 ], [ %22, %10 ], [ %35, %23 ]
  indirectbr ptr %39, [label %10, label %23, label %36]
}

attributes #0 = { minsize nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { minsize optsize "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #2 = { nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #3 = { minsize optsize }
attributes #4 = { nounwind }

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
!9 = !{!"p1 omnipotent char", !10, i64 0}
!10 = !{!"any pointer", !6, i64 0}
!11 = !{!6, !6, i64 0}
!12 = distinct !{!12, !13}
!13 = !{!"llvm.loop.mustprogress"}
!14 = !{!10, !10, i64 0}
