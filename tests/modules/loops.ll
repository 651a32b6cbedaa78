; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
source_filename = "loops.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

@loops_table = global [64 x [64 x i32]] zeroinitializer, align 16
@loops_out = global [256 x i16] zeroinitializer, align 16

; Function Attrs: minsize nounwind optsize uwtable
define i64 @loops_sum(ptr noundef %0, i32 noundef %1) #0 {
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  %5 = alloca i64, align 8
  %6 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !8
  store i32 %1, ptr %4, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %5) #3
  store i64 0, ptr %5, align 8, !tbaa !11
  call void @llvm.lifetime.start.p0(ptr %6) #3
  store i32 0, ptr %6, align 4, !tbaa !4
  br label %7

7:                                                ; preds = %21, %2
  %8 = load i32, ptr %6, align 4, !tbaa !4
  %9 = load i32, ptr %4, align 4, !tbaa !4
  %10 = icmp slt i32 %8, %9
  br i1 %10, label %12, label %11

11:                                               ; preds = %7
  call void @llvm.lifetime.end.p0(ptr %6) #3
  br label %24

12:                                               ; preds = %7
  %13 = load ptr, ptr %3, align 8, !tbaa !8
  %14 = load i32, ptr %6, align 4, !tbaa !4
  %15 = sext i32 %14 to i64
  %16 = getelementptr inbounds i32, ptr %13, i64 %15
  %17 = load i32, ptr %16, align 4, !tbaa !4
  %18 = sext i32 %17 to i64
  %19 = load i64, ptr %5, align 8, !tbaa !11
  %20 = add nsw i64 %19, %18
  store i64 %20, ptr %5, align 8, !tbaa !11
  br label %21

21:                                               ; preds = %12
  %22 = load i32, ptr %6, align 4, !tbaa !4
  %23 = add nsw i32 %22, 1
  store i32 %23, ptr %6, align 4, !tbaa !4
  br label %7, !llvm.loop !13

24:                                               ; preds = %11
  %25 = load i64, ptr %5, align 8, !tbaa !11
  call void @llvm.lifetime.end.p0(ptr %5) #3
  ret i64 %25
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #1

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #1

; Function Attrs: minsize nounwind optsize uwtable
define void @loops_scale(ptr noalias noundef %0, ptr noalias noundef %1, i32 noundef %2, float noundef %3) #0 {
  %5 = alloca ptr, align 8
  %6 = alloca ptr, align 8
  %7 = alloca i32, align 4
  %8 = alloca float, align 4
  %9 = alloca i32, align 4
  store ptr %0, ptr %5, align 8, !tbaa !15
  store ptr %1, ptr %6, align 8, !tbaa !15
  store i32 %2, ptr %7, align 4, !tbaa !4
  store float %3, ptr %8, align 4, !tbaa !17
  call void @llvm.lifetime.start.p0(ptr %9) #3
  store i32 0, ptr %9, align 4, !tbaa !4
  br label %10

10:                                               ; preds = %27, %4
  %11 = load i32, ptr %9, align 4, !tbaa !4
  %12 = load i32, ptr %7, align 4, !tbaa !4
  %13 = icmp slt i32 %11, %12
  br i1 %13, label %15, label %14

14:                                               ; preds = %10
  call void @llvm.lifetime.end.p0(ptr %9) #3
  br label %30

15:                                               ; preds = %10
  %16 = load ptr, ptr %6, align 8, !tbaa !15
  %17 = load i32, ptr %9, align 4, !tbaa !4
  %18 = sext i32 %17 to i64
  %19 = getelementptr inbounds float, ptr %16, i64 %18
  %20 = load float, ptr %19, align 4, !tbaa !17
  %21 = load float, ptr %8, align 4, !tbaa !17
  %22 = call float @llvm.fmuladd.f32(float %20, float %21, float 1.000000e+00)
  %23 = load ptr, ptr %5, align 8, !tbaa !15
  %24 = load i32, ptr %9, align 4, !tbaa !4
  %25 = sext i32 %24 to i64
  %26 = getelementptr inbounds float, ptr %23, i64 %25
  store float %22, ptr %26, align 4, !tbaa !17
  br label %27

27:                                               ; preds = %15
  %28 = load i32, ptr %9, align 4, !tbaa !4
  %29 = add nsw i32 %28, 1
  store i32 %29, ptr %9, align 4, !tbaa !4
  br label %10, !llvm.loop !19

30:                                               ; preds = %14
  ret void
}

; Function Attrs: nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none)
declare float @llvm.fmuladd.f32(float, float, float) #2

; Function Attrs: minsize nounwind optsize uwtable
define void @loops_nest(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  %3 = alloca i32, align 4
  %4 = alloca i32, align 4
  %5 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %3) #3
  store i32 0, ptr %3, align 4, !tbaa !4
  br label %6

6:                                                ; preds = %49, %1
  %7 = load i32, ptr %3, align 4, !tbaa !4
  %8 = icmp slt i32 %7, 64
  br i1 %8, label %10, label %9

9:                                                ; preds = %6
  store i32 2, ptr %4, align 4
  call void @llvm.lifetime.end.p0(ptr %3) #3
  br label %52

10:                                               ; preds = %6
  call void @llvm.lifetime.start.p0(ptr %5) #3
  store i32 0, ptr %5, align 4, !tbaa !4
  br label %11

11:                                               ; preds = %45, %10
  %12 = load i32, ptr %5, align 4, !tbaa !4
  %13 = icmp slt i32 %12, 64
  br i1 %13, label %15, label %14

14:                                               ; preds = %11
  store i32 5, ptr %4, align 4
  call void @llvm.lifetime.end.p0(ptr %5) #3
  br label %48

15:                                               ; preds = %11
  %16 = load i32, ptr %3, align 4, !tbaa !4
  %17 = load i32, ptr %5, align 4, !tbaa !4
  %18 = mul nsw i32 %16, %17
  %19 = load i32, ptr %2, align 4, !tbaa !4
  %20 = and i32 %18, %19
  %21 = icmp ne i32 %20, 0
  br i1 %21, label %22, label %34

22:                                               ; preds = %15
  %23 = load i32, ptr %3, align 4, !tbaa !4
  %24 = load i32, ptr %5, align 4, !tbaa !4
  %25 = add nsw i32 %23, %24
  %26 = load i32, ptr %5, align 4, !tbaa !4
  %27 = sext i32 %26 to i64
  %28 = getelementptr inbounds [64 x [64 x i32]], ptr @loops_table, i64 0, i64 %27
  %29 = load i32, ptr %3, align 4, !tbaa !4
  %30 = sext i32 %29 to i64
  %31 = getelementptr inbounds [64 x i32], ptr %28, i64 0, i64 %30
  %32 = load i32, ptr %31, align 4, !tbaa !4
  %33 = add nsw i32 %32, %25
  store i32 %33, ptr %31, align 4, !tbaa !4
  br label %44

34:                                               ; preds = %15
  %35 = load i32, ptr %2, align 4, !tbaa !4
  %36 = load i32, ptr %3, align 4, !tbaa !4
  %37 = sext i32 %36 to i64
  %38 = getelementptr inbounds [64 x [64 x i32]], ptr @loops_table, i64 0, i64 %37
  %39 = load i32, ptr %5, align 4, !tbaa !4
  %40 = sext i32 %39 to i64
  %41 = getelementptr inbounds [64 x i32], ptr %38, i64 0, i64 %40
  %42 = load i32, ptr %41, align 4, !tbaa !4
  %43 = sub nsw i32 %42, %35
  store i32 %43, ptr %41, align 4, !tbaa !4
  br label %44

44:                                               ; preds = %34, %22
  br label %45

45:                                               ; preds = %44
  %46 = load i32, ptr %5, align 4, !tbaa !4
  %47 = add nsw i32 %46, 1
  store i32 %47, ptr %5, align 4, !tbaa !4
  br label %11, !llvm.loop !20

48:                                               ; preds = %14
  br label %49

49:                                               ; preds = %48
  %50 = load i32, ptr %3, align 4, !tbaa !4
  %51 = add nsw i32 %50, 1
  store i32 %51, ptr %3, align 4, !tbaa !4
  br label %6, !llvm.loop !21

52:                                               ; preds = %9
  ret void
}

; Function Attrs: minsize nounwind optsize uwtable
define void @loops_fill(ptr noundef %0, i32 noundef %1) #0 {
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  %5 = alloca i32, align 4
  %6 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !22
  store i32 %1, ptr %4, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %5) #3
  store i32 0, ptr %5, align 4, !tbaa !4
  br label %7

7:                                                ; preds = %17, %2
  %8 = load i32, ptr %5, align 4, !tbaa !4
  %9 = load i32, ptr %4, align 4, !tbaa !4
  %10 = icmp slt i32 %8, %9
  br i1 %10, label %12, label %11

11:                                               ; preds = %7
  call void @llvm.lifetime.end.p0(ptr %5) #3
  br label %20

12:                                               ; preds = %7
  %13 = load ptr, ptr %3, align 8, !tbaa !22
  %14 = load i32, ptr %5, align 4, !tbaa !4
  %15 = sext i32 %14 to i64
  %16 = getelementptr inbounds i8, ptr %13, i64 %15
  store i8 0, ptr %16, align 1, !tbaa !24
  br label %17

17:                                               ; preds = %12
  %18 = load i32, ptr %5, align 4, !tbaa !4
  %19 = add nsw i32 %18, 1
  store i32 %19, ptr %5, align 4, !tbaa !4
  br label %7, !llvm.loop !25

20:                                               ; preds = %11
  call void @llvm.lifetime.start.p0(ptr %6) #3
  store i32 0, ptr %6, align 4, !tbaa !4
  br label %21

21:                                               ; preds = %31, %20
  %22 = load i32, ptr %6, align 4, !tbaa !4
  %23 = icmp slt i32 %22, 16
  br i1 %23, label %25, label %24

24:                                               ; preds = %21
  call void @llvm.lifetime.end.p0(ptr %6) #3
  br label %34

25:                                               ; preds = %21
  %26 = load i32, ptr %6, align 4, !tbaa !4
  %27 = trunc i32 %26 to i16
  %28 = load i32, ptr %6, align 4, !tbaa !4
  %29 = sext i32 %28 to i64
  %30 = getelementptr inbounds [256 x i16], ptr @loops_out, i64 0, i64 %29
  store i16 %27, ptr %30, align 2, !tbaa !26
  br label %31

31:                                               ; preds = %25
  %32 = load i32, ptr %6, align 4, !tbaa !4
  %33 = add nsw i32 %32, 1
  store i32 %33, ptr %6, align 4, !tbaa !4
  br label %21, !llvm.loop !28

34:                                               ; preds = %24
  ret void
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @loops_search(ptr noundef %0, i32 noundef %1, i32 noundef %2) #0 {
  %4 = alloca i32, align 4
  %5 = alloca ptr, align 8
  %6 = alloca i32, align 4
  %7 = alloca i32, align 4
  %8 = alloca i32, align 4
  %9 = alloca i32, align 4
  store ptr %0, ptr %5, align 8, !tbaa !22
  store i32 %1, ptr %6, align 4, !tbaa !4
  store i32 %2, ptr %7, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %8) #3
  store i32 0, ptr %8, align 4, !tbaa !4
  br label %10

10:                                               ; preds = %36, %3
  %11 = load ptr, ptr %5, align 8, !tbaa !22
  %12 = load i8, ptr %11, align 1, !tbaa !24
  %13 = icmp ne i8 %12, 0
  br i1 %13, label %14, label %39

14:                                               ; preds = %10
  %15 = load i32, ptr %7, align 4, !tbaa !4
  %16 = icmp ne i32 %15, 0
  br i1 %16, label %17, label %27

17:                                               ; preds = %14
  %18 = load ptr, ptr %5, align 8, !tbaa !22
  %19 = load i8, ptr %18, align 1, !tbaa !24
  %20 = sext i8 %19 to i32
  %21 = load i32, ptr %6, align 4, !tbaa !4
  %22 = icmp eq i32 %20, %21
  br i1 %22, label %23, label %26

23:                                               ; preds = %17
  %24 = load i32, ptr %8, align 4, !tbaa !4
  %25 = add nsw i32 %24, 1
  store i32 %25, ptr %8, align 4, !tbaa !4
  br label %26

26:                                               ; preds = %23, %17
  br label %36

27:                                               ; preds = %14
  %28 = load ptr, ptr %5, align 8, !tbaa !22
  %29 = load i8, ptr %28, align 1, !tbaa !24
  %30 = sext i8 %29 to i32
  %31 = load i32, ptr %6, align 4, !tbaa !4
  %32 = icmp eq i32 %30, %31
  br i1 %32, label %33, label %35

33:                                               ; preds = %27
  %34 = load i32, ptr %8, align 4, !tbaa !4
  store i32 %34, ptr %4, align 4
  store i32 1, ptr %9, align 4
  br label %41

35:                                               ; preds = %27
  br label %36

36:                                               ; preds = %35, %26
  %37 = load ptr, ptr %5, align 8, !tbaa !22
  %38 = getelementptr inbounds nuw i8, ptr %37, i32 1
  store ptr %38, ptr %5, align 8, !tbaa !22
  br label %10, !llvm.loop !29

39:                                               ; preds = %10
  %40 = load i32, ptr %8, align 4, !tbaa !4
  store i32 %40, ptr %4, align 4
  store i32 1, ptr %9, align 4
  br label %41

41:                                               ; preds = %39, %33
  call void @llvm.lifetime.end.p0(ptr %8) #3
  %42 = load i32, ptr %4, align 4
  ret i32 %42
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @loops_popcount(i64 noundef %0) #0 {
  %2 = alloca i64, align 8
  %3 = alloca i32, align 4
  store i64 %0, ptr %2, align 8, !tbaa !11
  call void @llvm.lifetime.start.p0(ptr %3) #3
  store i32 0, ptr %3, align 4, !tbaa !4
  br label %4

4:                                                ; preds = %7, %1
  %5 = load i64, ptr %2, align 8, !tbaa !11
  %6 = icmp ne i64 %5, 0
  br i1 %6, label %7, label %14

7:                                                ; preds = %4
  %8 = load i32, ptr %3, align 4, !tbaa !4
  %9 = add i32 %8, 1
  store i32 %9, ptr %3, align 4, !tbaa !4
  %10 = load i64, ptr %2, align 8, !tbaa !11
  %11 = sub i64 %10, 1
  %12 = load i64, ptr %2, align 8, !tbaa !11
  %13 = and i64 %12, %11
  store i64 %13, ptr %2, align 8, !tbaa !11
  br label %4, !llvm.loop !30

14:                                               ; preds = %4
  %15 = load i32, ptr %3, align 4, !tbaa !4
  call void @llvm.lifetime.end.p0(ptr %3) #3
  ret i32 %15
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @loops_invariant(ptr noundef %0, i32 noundef %1, ptr noundef %2) #0 {
  %4 = alloca ptr, align 8
  %5 = alloca i32, align 4
  %6 = alloca ptr, align 8
  %7 = alloca i32, align 4
  %8 = alloca i32, align 4
  store ptr %0, ptr %4, align 8, !tbaa !8
  store i32 %1, ptr %5, align 4, !tbaa !4
  store ptr %2, ptr %6, align 8, !tbaa !8
  call void @llvm.lifetime.start.p0(ptr %7) #3
  store i32 0, ptr %7, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %8) #3
  store i32 0, ptr %8, align 4, !tbaa !4
  br label %9

9:                                                ; preds = %33, %3
  %10 = load i32, ptr %8, align 4, !tbaa !4
  %11 = load i32, ptr %5, align 4, !tbaa !4
  %12 = icmp slt i32 %10, %11
  br i1 %12, label %14, label %13

13:                                               ; preds = %9
  call void @llvm.lifetime.end.p0(ptr %8) #3
  br label %36

14:                                               ; preds = %9
  %15 = load ptr, ptr %6, align 8, !tbaa !8
  %16 = load i32, ptr %15, align 4, !tbaa !4
  %17 = mul nsw i32 %16, 3
  %18 = load i32, ptr %7, align 4, !tbaa !4
  %19 = add nsw i32 %18, %17
  store i32 %19, ptr %7, align 4, !tbaa !4
  %20 = load i32, ptr %7, align 4, !tbaa !4
  %21 = load ptr, ptr %4, align 8, !tbaa !8
  %22 = load i32, ptr %8, align 4, !tbaa !4
  %23 = sext i32 %22 to i64
  %24 = getelementptr inbounds i32, ptr %21, i64 %23
  store i32 %20, ptr %24, align 4, !tbaa !4
  %25 = load i32, ptr %8, align 4, !tbaa !4
  %26 = srem i32 %25, 7
  %27 = icmp eq i32 %26, 3
  br i1 %27, label %28, label %29

28:                                               ; preds = %14
  br label %33

29:                                               ; preds = %14
  %30 = load i32, ptr %8, align 4, !tbaa !4
  %31 = load i32, ptr %7, align 4, !tbaa !4
  %32 = xor i32 %31, %30
  store i32 %32, ptr %7, align 4, !tbaa !4
  br label %33

33:                                               ; preds = %29, %28
  %34 = load i32, ptr %8, align 4, !tbaa !4
  %35 = add nsw i32 %34, 1
  store i32 %35, ptr %8, align 4, !tbaa !4
  br label %9, !llvm.loop !31

36:                                               ; preds = %13
  %37 = load i32, ptr %7, align 4, !tbaa !4
  call void @llvm.lifetime.end.p0(ptr %7) #3
  ret i32 %37
}

; Function Attrs: minsize nounwind optsize uwtable
define void @loops_split(ptr noundef %0, ptr noundef %1, i32 noundef %2) #0 {
  %4 = alloca ptr, align 8
  %5 = alloca ptr, align 8
  %6 = alloca i32, align 4
  %7 = alloca i32, align 4
  %8 = alloca i32, align 4
  store ptr %0, ptr %4, align 8, !tbaa !8
  store ptr %1, ptr %5, align 8, !tbaa !8
  store i32 %2, ptr %6, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %7) #3
  store i32 0, ptr %7, align 4, !tbaa !4
  br label %9

9:                                                ; preds = %31, %3
  %10 = load i32, ptr %7, align 4, !tbaa !4
  %11 = load i32, ptr %6, align 4, !tbaa !4
  %12 = icmp slt i32 %10, %11
  br i1 %12, label %14, label %13

13:                                               ; preds = %9
  call void @llvm.lifetime.end.p0(ptr %7) #3
  br label %34

14:                                               ; preds = %9
  %15 = load ptr, ptr %5, align 8, !tbaa !8
  %16 = load i32, ptr %7, align 4, !tbaa !4
  %17 = sext i32 %16 to i64
  %18 = getelementptr inbounds i32, ptr %15, i64 %17
  %19 = load i32, ptr %18, align 4, !tbaa !4
  %20 = add nsw i32 %19, 1
  %21 = load ptr, ptr %4, align 8, !tbaa !8
  %22 = load i32, ptr %7, align 4, !tbaa !4
  %23 = sext i32 %22 to i64
  %24 = getelementptr inbounds i32, ptr %21, i64 %23
  store i32 %20, ptr %24, align 4, !tbaa !4
  %25 = load i32, ptr %7, align 4, !tbaa !4
  %26 = mul nsw i32 %25, 2
  %27 = load ptr, ptr %5, align 8, !tbaa !8
  %28 = load i32, ptr %7, align 4, !tbaa !4
  %29 = sext i32 %28 to i64
  %30 = getelementptr inbounds i32, ptr %27, i64 %29
  store i32 %26, ptr %30, align 4, !tbaa !4
  br label %31

31:                                               ; preds = %14
  %32 = load i32, ptr %7, align 4, !tbaa !4
  %33 = add nsw i32 %32, 1
  store i32 %33, ptr %7, align 4, !tbaa !4
  br label %9, !llvm.loop !32

34:                                               ; preds = %13
  call void @llvm.lifetime.start.p0(ptr %8) #3
  store i32 0, ptr %8, align 4, !tbaa !4
  br label %35

35:                                               ; preds = %47, %34
  %36 = load i32, ptr %8, align 4, !tbaa !4
  %37 = load i32, ptr %6, align 4, !tbaa !4
  %38 = icmp slt i32 %36, %37
  br i1 %38, label %40, label %39

39:                                               ; preds = %35
  call void @llvm.lifetime.end.p0(ptr %8) #3
  br label %50

40:                                               ; preds = %35
  %41 = load ptr, ptr %4, align 8, !tbaa !8
  %42 = load i32, ptr %8, align 4, !tbaa !4
  %43 = sext i32 %42 to i64
  %44 = getelementptr inbounds i32, ptr %41, i64 %43
  %45 = load i32, ptr %44, align 4, !tbaa !4
  %46 = mul nsw i32 %45, 3
  store i32 %46, ptr %44, align 4, !tbaa !4
  br label %47

47:                                               ; preds = %40
  %48 = load i32, ptr %8, align 4, !tbaa !4
  %49 = add nsw i32 %48, 1
  store i32 %49, ptr %8, align 4, !tbaa !4
  br label %35, !llvm.loop !33

50:                                               ; preds = %39
  ret void
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @loops_flat(ptr noundef %0) #0 {
  %2 = alloca ptr, align 8
  %3 = alloca i32, align 4
  %4 = alloca i32, align 4
  %5 = alloca i32, align 4
  %6 = alloca i32, align 4
  store ptr %0, ptr %2, align 8, !tbaa !8
  call void @llvm.lifetime.start.p0(ptr %3) #3
  store i32 0, ptr %3, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %4) #3
  store i32 0, ptr %4, align 4, !tbaa !4
  br label %7

7:                                                ; preds = %31, %1
  %8 = load i32, ptr %4, align 4, !tbaa !4
  %9 = icmp slt i32 %8, 20
  br i1 %9, label %11, label %10

10:                                               ; preds = %7
  store i32 2, ptr %5, align 4
  call void @llvm.lifetime.end.p0(ptr %4) #3
  br label %34

11:                                               ; preds = %7
  call void @llvm.lifetime.start.p0(ptr %6) #3
  store i32 0, ptr %6, align 4, !tbaa !4
  br label %12

12:                                               ; preds = %27, %11
  %13 = load i32, ptr %6, align 4, !tbaa !4
  %14 = icmp slt i32 %13, 30
  br i1 %14, label %16, label %15

15:                                               ; preds = %12
  store i32 5, ptr %5, align 4
  call void @llvm.lifetime.end.p0(ptr %6) #3
  br label %30

16:                                               ; preds = %12
  %17 = load ptr, ptr %2, align 8, !tbaa !8
  %18 = load i32, ptr %4, align 4, !tbaa !4
  %19 = mul nsw i32 %18, 30
  %20 = load i32, ptr %6, align 4, !tbaa !4
  %21 = add nsw i32 %19, %20
  %22 = sext i32 %21 to i64
  %23 = getelementptr inbounds i32, ptr %17, i64 %22
  %24 = load i32, ptr %23, align 4, !tbaa !4
  %25 = load i32, ptr %3, align 4, !tbaa !4
  %26 = add nsw i32 %25, %24
  store i32 %26, ptr %3, align 4, !tbaa !4
  br label %27

27:                                               ; preds = %16
  %28 = load i32, ptr %6, align 4, !tbaa !4
  %29 = add nsw i32 %28, 1
  store i32 %29, ptr %6, align 4, !tbaa !4
  br label %12, !llvm.loop !34

30:                                               ; preds = %15
  br label %31

31:                                               ; preds = %30
  %32 = load i32, ptr %4, align 4, !tbaa !4
  %33 = add nsw i32 %32, 1
  store i32 %33, ptr %4, align 4, !tbaa !4
  br label %7, !llvm.loop !35

34:                                               ; preds = %10
  %35 = load i32, ptr %3, align 4, !tbaa !4
  store i32 1, ptr %5, align 4
  call void @llvm.lifetime.end.p0(ptr %3) #3
  ret i32 %35
}

; Function Attrs: minsize nounwind optsize uwtable
define void @loops_irreducible(ptr noundef %0, i32 noundef %1) #0 {
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  %5 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !8
  store i32 %1, ptr %4, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %5) #3
  store i32 0, ptr %5, align 4, !tbaa !4
  %6 = load i32, ptr %4, align 4, !tbaa !4
  %7 = and i32 %6, 1
  %8 = icmp ne i32 %7, 0
  br i1 %8, label %9, label %10

9:                                                ; preds = %2
  br label %18

10:                                               ; preds = %2
  br label %11

11:                                               ; preds = %30, %10
  %12 = load ptr, ptr %3, align 8, !tbaa !8
  %13 = load i32, ptr %5, align 4, !tbaa !4
  %14 = sext i32 %13 to i64
  %15 = getelementptr inbounds i32, ptr %12, i64 %14
  %16 = load i32, ptr %15, align 4, !tbaa !4
  %17 = add nsw i32 %16, 2
  store i32 %17, ptr %15, align 4, !tbaa !4
  br label %18

18:                                               ; preds = %11, %9
  %19 = load ptr, ptr %3, align 8, !tbaa !8
  %20 = load i32, ptr %5, align 4, !tbaa !4
  %21 = sext i32 %20 to i64
  %22 = getelementptr inbounds i32, ptr %19, i64 %21
  %23 = load i32, ptr %22, align 4, !tbaa !4
  %24 = add nsw i32 %23, 1
  store i32 %24, ptr %22, align 4, !tbaa !4
  %25 = load i32, ptr %5, align 4, !tbaa !4
  %26 = add nsw i32 %25, 1
  store i32 %26, ptr %5, align 4, !tbaa !4
  %27 = load i32, ptr %5, align 4, !tbaa !4
  %28 = load i32, ptr %4, align 4, !tbaa !4
  %29 = icmp slt i32 %27, %28
  br i1 %29, label %30, label %31

30:                                               ; preds = %18
  br label %11

31:                                               ; preds = %18
  call void @llvm.lifetime.end.p0(ptr %5) #3
  ret void
}

; Function Attrs: minsize nounwind optsize uwtable
define zeroext i16 @loops_crc(i8 noundef zeroext %0, i16 noundef zeroext %1) #0 {
  %3 = alloca i8, align 1
  %4 = alloca i16, align 2
  %5 = alloca i32, align 4
  %6 = alloca i8, align 1
  store i8 %0, ptr %3, align 1, !tbaa !24
  store i16 %1, ptr %4, align 2, !tbaa !26
  call void @llvm.lifetime.start.p0(ptr %5) #3
  store i32 0, ptr %5, align 4, !tbaa !4
  br label %7

7:                                                ; preds = %44, %2
  %8 = load i32, ptr %5, align 4, !tbaa !4
  %9 = icmp slt i32 %8, 8
  br i1 %9, label %11, label %10

10:                                               ; preds = %7
  call void @llvm.lifetime.end.p0(ptr %5) #3
  br label %47

11:                                               ; preds = %7
  call void @llvm.lifetime.start.p0(ptr %6) #3
  %12 = load i8, ptr %3, align 1, !tbaa !24
  %13 = zext i8 %12 to i32
  %14 = load i16, ptr %4, align 2, !tbaa !26
  %15 = zext i16 %14 to i32
  %16 = xor i32 %13, %15
  %17 = and i32 %16, 1
  %18 = trunc i32 %17 to i8
  store i8 %18, ptr %6, align 1, !tbaa !24
  %19 = load i8, ptr %3, align 1, !tbaa !24
  %20 = zext i8 %19 to i32
  %21 = ashr i32 %20, 1
  %22 = trunc i32 %21 to i8
  store i8 %22, ptr %3, align 1, !tbaa !24
  %23 = load i8, ptr %6, align 1, !tbaa !24
  %24 = icmp ne i8 %23, 0
  br i1 %24, label %25, label %38

25:                                               ; preds = %11
  %26 = load i16, ptr %4, align 2, !tbaa !26
  %27 = zext i16 %26 to i32
  %28 = xor i32 %27, 16386
  %29 = trunc i32 %28 to i16
  store i16 %29, ptr %4, align 2, !tbaa !26
  %30 = load i16, ptr %4, align 2, !tbaa !26
  %31 = zext i16 %30 to i32
  %32 = ashr i32 %31, 1
  %33 = trunc i32 %32 to i16
  store i16 %33, ptr %4, align 2, !tbaa !26
  %34 = load i16, ptr %4, align 2, !tbaa !26
  %35 = zext i16 %34 to i32
  %36 = or i32 %35, 32768
  %37 = trunc i32 %36 to i16
  store i16 %37, ptr %4, align 2, !tbaa !26
  br label %43

38:                                               ; preds = %11
  %39 = load i16, ptr %4, align 2, !tbaa !26
  %40 = zext i16 %39 to i32
  %41 = ashr i32 %40, 1
  %42 = trunc i32 %41 to i16
  store i16 %42, ptr %4, align 2, !tbaa !26
  br label %43

43:                                               ; preds = %38, %25
  call void @llvm.lifetime.end.p0(ptr %6) #3
  br label %44

44:                                               ; preds = %43
  %45 = load i32, ptr %5, align 4, !tbaa !4
  %46 = add nsw i32 %45, 1
  store i32 %46, ptr %5, align 4, !tbaa !4
  br label %7, !llvm.loop !36

47:                                               ; preds = %10
  %48 = load i16, ptr %4, align 2, !tbaa !26
  ret i16 %48
}

attributes #0 = { minsize nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #2 = { nocallback nocreateundeforpoison nofree nosync nounwind speculatable willreturn memory(none) }
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
!9 = !{!"p1 int", !10, i64 0}
!10 = !{!"any pointer", !6, i64 0}
!11 = !{!12, !12, i64 0}
!12 = !{!"long", !6, i64 0}
!13 = distinct !{!13, !14}
!14 = !{!"llvm.loop.mustprogress"}
!15 = !{!16, !16, i64 0}
!16 = !{!"p1 float", !10, i64 0}
!17 = !{!18, !18, i64 0}
!18 = !{!"float", !6, i64 0}
!19 = distinct !{!19, !14}
!20 = distinct !{!20, !14}
!21 = distinct !{!21, !14}
!22 = !{!23, !23, i64 0}
!23 = !{!"p1 omnipotent char", !10, i64 0}
!24 = !{!6, !6, i64 0}
!25 = distinct !{!25, !14}
!26 = !{!27, !27, i64 0}
!27 = !{!"short", !6, i64 0}
!28 = distinct !{!28, !14}
!29 = distinct !{!29, !14}
!30 = distinct !{!30, !14}
!31 = distinct !{!31, !14}
!32 = distinct !{!32, !14}
!33 = distinct !{!33, !14}
!34 = distinct !{!34, !14}
!35 = distinct !{!35, !14}
!36 = distinct !{!36, !14}
