; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
source_filename = "parser.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

%struct.parser = type { ptr, ptr, ptr, i32, i32, i32, i32, i64, [32 x i64], i32, ptr }

@.str = private unnamed_addr constant [14 x i8] c"end in string\00", align 1
@.str.1 = private unnamed_addr constant [10 x i8] c"bad digit\00", align 1
@.str.2 = private unnamed_addr constant [11 x i8] c"bad escape\00", align 1
@.str.3 = private unnamed_addr constant [18 x i8] c"control character\00", align 1
@.str.4 = private unnamed_addr constant [10 x i8] c"no digits\00", align 1
@.str.5 = private unnamed_addr constant [17 x i8] c"too many numbers\00", align 1
@.str.6 = private unnamed_addr constant [9 x i8] c"too deep\00", align 1
@.str.7 = private unnamed_addr constant [12 x i8] c"end in list\00", align 1
@parser_value.words = internal constant [3 x ptr] [ptr @.str.8, ptr @.str.9, ptr @.str.10], align 16
@.str.8 = private unnamed_addr constant [5 x i8] c"true\00", align 1
@.str.9 = private unnamed_addr constant [6 x i8] c"false\00", align 1
@.str.10 = private unnamed_addr constant [5 x i8] c"null\00", align 1
@.str.11 = private unnamed_addr constant [9 x i8] c"bad word\00", align 1
@.str.12 = private unnamed_addr constant [21 x i8] c"unexpected character\00", align 1

; Function Attrs: minsize nounwind optsize uwtable
define i32 @parser_string(ptr noundef %0) #0 {
  %2 = alloca i32, align 4
  %3 = alloca ptr, align 8
  %4 = alloca ptr, align 8
  %5 = alloca i64, align 8
  %6 = alloca i32, align 4
  %7 = alloca i32, align 4
  %8 = alloca i32, align 4
  %9 = alloca i32, align 4
  %10 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !8
  call void @llvm.lifetime.start.p0(ptr %4) #3
  %11 = load ptr, ptr %3, align 8, !tbaa !8
  %12 = getelementptr inbounds nuw %struct.parser, ptr %11, i32 0, i32 2
  %13 = load ptr, ptr %12, align 8, !tbaa !11
  store ptr %13, ptr %4, align 8, !tbaa !15
  call void @llvm.lifetime.start.p0(ptr %5) #3
  %14 = load ptr, ptr %3, align 8, !tbaa !8
  %15 = getelementptr inbounds nuw %struct.parser, ptr %14, i32 0, i32 7
  %16 = load i64, ptr %15, align 8, !tbaa !16
  store i64 %16, ptr %5, align 8, !tbaa !17
  br label %17

17:                                               ; preds = %142, %1
  call void @llvm.lifetime.start.p0(ptr %6) #3
  %18 = load ptr, ptr %3, align 8, !tbaa !8
  %19 = call i32 @parser_next(ptr noundef %18) #4
  store i32 %19, ptr %6, align 4, !tbaa !4
  %20 = load i32, ptr %6, align 4, !tbaa !4
  %21 = icmp slt i32 %20, 0
  br i1 %21, label %22, label %25

22:                                               ; preds = %17
  %23 = load ptr, ptr %3, align 8, !tbaa !8
  %24 = call i32 @parser_fail(ptr noundef %23, ptr noundef @.str) #4
  store i32 %24, ptr %2, align 4
  store i32 1, ptr %7, align 4
  br label %140

25:                                               ; preds = %17
  %26 = load i32, ptr %6, align 4, !tbaa !4
  %27 = icmp eq i32 %26, 34
  br i1 %27, label %28, label %29

28:                                               ; preds = %25
  store i32 2, ptr %7, align 4
  br label %140

29:                                               ; preds = %25
  %30 = load i32, ptr %6, align 4, !tbaa !4
  %31 = icmp eq i32 %30, 92
  br i1 %31, label %32, label %118

32:                                               ; preds = %29
  %33 = load ptr, ptr %3, align 8, !tbaa !8
  %34 = call i32 @parser_next(ptr noundef %33) #4
  store i32 %34, ptr %6, align 4, !tbaa !4
  %35 = load i32, ptr %6, align 4, !tbaa !4
  switch i32 %35, label %114 [
    i32 110, label %36
    i32 116, label %37
    i32 114, label %38
    i32 98, label %39
    i32 102, label %40
    i32 34, label %41
    i32 92, label %41
    i32 47, label %41
    i32 117, label %42
  ]

36:                                               ; preds = %32
  store i32 10, ptr %6, align 4, !tbaa !4
  br label %117

37:                                               ; preds = %32
  store i32 9, ptr %6, align 4, !tbaa !4
  br label %117

38:                                               ; preds = %32
  store i32 13, ptr %6, align 4, !tbaa !4
  br label %117

39:                                               ; preds = %32
  store i32 8, ptr %6, align 4, !tbaa !4
  br label %117

40:                                               ; preds = %32
  store i32 12, ptr %6, align 4, !tbaa !4
  br label %117

41:                                               ; preds = %32, %32, %32
  br label %117

42:                                               ; preds = %32
  call void @llvm.lifetime.start.p0(ptr %8) #3
  store i32 0, ptr %8, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %9) #3
  store i32 0, ptr %9, align 4, !tbaa !4
  br label %43

43:                                               ; preds = %64, %42
  %44 = load i32, ptr %9, align 4, !tbaa !4
  %45 = icmp slt i32 %44, 4
  br i1 %45, label %47, label %46

46:                                               ; preds = %43
  store i32 5, ptr %7, align 4
  br label %67

47:                                               ; preds = %43
  call void @llvm.lifetime.start.p0(ptr %10) #3
  %48 = load ptr, ptr %3, align 8, !tbaa !8
  %49 = call i32 @parser_next(ptr noundef %48) #4
  %50 = call i32 @parser_digit(i32 noundef %49) #4
  store i32 %50, ptr %10, align 4, !tbaa !4
  %51 = load i32, ptr %10, align 4, !tbaa !4
  %52 = icmp slt i32 %51, 0
  br i1 %52, label %53, label %56

53:                                               ; preds = %47
  %54 = load ptr, ptr %3, align 8, !tbaa !8
  %55 = call i32 @parser_fail(ptr noundef %54, ptr noundef @.str.1) #4
  store i32 %55, ptr %2, align 4
  store i32 1, ptr %7, align 4
  br label %61

56:                                               ; preds = %47
  %57 = load i32, ptr %8, align 4, !tbaa !4
  %58 = mul nsw i32 %57, 16
  %59 = load i32, ptr %10, align 4, !tbaa !4
  %60 = add nsw i32 %58, %59
  store i32 %60, ptr %8, align 4, !tbaa !4
  store i32 0, ptr %7, align 4
  br label %61

61:                                               ; preds = %56, %53
  call void @llvm.lifetime.end.p0(ptr %10) #3
  %62 = load i32, ptr %7, align 4
  switch i32 %62, label %67 [
    i32 0, label %63
  ]

63:                                               ; preds = %61
  br label %64

64:                                               ; preds = %63
  %65 = load i32, ptr %9, align 4, !tbaa !4
  %66 = add nsw i32 %65, 1
  store i32 %66, ptr %9, align 4, !tbaa !4
  br label %43, !llvm.loop !18

67:                                               ; preds = %61, %46
  call void @llvm.lifetime.end.p0(ptr %9) #3
  %68 = load i32, ptr %7, align 4
  switch i32 %68, label %112 [
    i32 5, label %69
  ]

69:                                               ; preds = %67
  %70 = load i32, ptr %8, align 4, !tbaa !4
  %71 = icmp slt i32 %70, 128
  br i1 %71, label %72, label %74

72:                                               ; preds = %69
  %73 = load i32, ptr %8, align 4, !tbaa !4
  store i32 %73, ptr %6, align 4, !tbaa !4
  br label %111

74:                                               ; preds = %69
  %75 = load i32, ptr %8, align 4, !tbaa !4
  %76 = icmp slt i32 %75, 2048
  br i1 %76, label %77, label %89

77:                                               ; preds = %74
  %78 = load i32, ptr %8, align 4, !tbaa !4
  %79 = ashr i32 %78, 6
  %80 = or i32 192, %79
  %81 = trunc i32 %80 to i8
  %82 = load ptr, ptr %3, align 8, !tbaa !8
  %83 = getelementptr inbounds nuw %struct.parser, ptr %82, i32 0, i32 2
  %84 = load ptr, ptr %83, align 8, !tbaa !11
  %85 = getelementptr inbounds nuw i8, ptr %84, i32 1
  store ptr %85, ptr %83, align 8, !tbaa !11
  store i8 %81, ptr %84, align 1, !tbaa !20
  %86 = load i32, ptr %8, align 4, !tbaa !4
  %87 = and i32 %86, 63
  %88 = or i32 128, %87
  store i32 %88, ptr %6, align 4, !tbaa !4
  br label %110

89:                                               ; preds = %74
  %90 = load i32, ptr %8, align 4, !tbaa !4
  %91 = ashr i32 %90, 12
  %92 = or i32 224, %91
  %93 = trunc i32 %92 to i8
  %94 = load ptr, ptr %3, align 8, !tbaa !8
  %95 = getelementptr inbounds nuw %struct.parser, ptr %94, i32 0, i32 2
  %96 = load ptr, ptr %95, align 8, !tbaa !11
  %97 = getelementptr inbounds nuw i8, ptr %96, i32 1
  store ptr %97, ptr %95, align 8, !tbaa !11
  store i8 %93, ptr %96, align 1, !tbaa !20
  %98 = load i32, ptr %8, align 4, !tbaa !4
  %99 = ashr i32 %98, 6
  %100 = and i32 %99, 63
  %101 = or i32 128, %100
  %102 = trunc i32 %101 to i8
  %103 = load ptr, ptr %3, align 8, !tbaa !8
  %104 = getelementptr inbounds nuw %struct.parser, ptr %103, i32 0, i32 2
  %105 = load ptr, ptr %104, align 8, !tbaa !11
  %106 = getelementptr inbounds nuw i8, ptr %105, i32 1
  store ptr %106, ptr %104, align 8, !tbaa !11
  store i8 %102, ptr %105, align 1, !tbaa !20
  %107 = load i32, ptr %8, align 4, !tbaa !4
  %108 = and i32 %107, 63
  %109 = or i32 128, %108
  store i32 %109, ptr %6, align 4, !tbaa !4
  br label %110

110:                                              ; preds = %89, %77
  br label %111

111:                                              ; preds = %110, %72
  store i32 4, ptr %7, align 4
  br label %112

112:                                              ; preds = %111, %67
  call void @llvm.lifetime.end.p0(ptr %8) #3
  %113 = load i32, ptr %7, align 4
  switch i32 %113, label %140 [
    i32 4, label %117
  ]

114:                                              ; preds = %32
  %115 = load ptr, ptr %3, align 8, !tbaa !8
  %116 = call i32 @parser_fail(ptr noundef %115, ptr noundef @.str.2) #4
  store i32 %116, ptr %2, align 4
  store i32 1, ptr %7, align 4
  br label %140

117:                                              ; preds = %112, %41, %40, %39, %38, %37, %36
  br label %128

118:                                              ; preds = %29
  %119 = load i32, ptr %6, align 4, !tbaa !4
  %120 = icmp slt i32 %119, 32
  br i1 %120, label %121, label %127

121:                                              ; preds = %118
  %122 = load i32, ptr %6, align 4, !tbaa !4
  %123 = icmp ne i32 %122, 9
  br i1 %123, label %124, label %127

124:                                              ; preds = %121
  %125 = load ptr, ptr %3, align 8, !tbaa !8
  %126 = call i32 @parser_fail(ptr noundef %125, ptr noundef @.str.3) #4
  store i32 %126, ptr %2, align 4
  store i32 1, ptr %7, align 4
  br label %140

127:                                              ; preds = %121, %118
  br label %128

128:                                              ; preds = %127, %117
  %129 = load i32, ptr %6, align 4, !tbaa !4
  %130 = trunc i32 %129 to i8
  %131 = load ptr, ptr %3, align 8, !tbaa !8
  %132 = getelementptr inbounds nuw %struct.parser, ptr %131, i32 0, i32 2
  %133 = load ptr, ptr %132, align 8, !tbaa !11
  %134 = getelementptr inbounds nuw i8, ptr %133, i32 1
  store ptr %134, ptr %132, align 8, !tbaa !11
  store i8 %130, ptr %133, align 1, !tbaa !20
  %135 = load i64, ptr %5, align 8, !tbaa !17
  %136 = load i32, ptr %6, align 4, !tbaa !4
  %137 = zext i32 %136 to i64
  %138 = xor i64 %135, %137
  %139 = mul i64 %138, 1099511628211
  store i64 %139, ptr %5, align 8, !tbaa !17
  store i32 0, ptr %7, align 4
  br label %140

140:                                              ; preds = %128, %124, %114, %112, %28, %22
  call void @llvm.lifetime.end.p0(ptr %6) #3
  %141 = load i32, ptr %7, align 4
  switch i32 %141, label %159 [
    i32 0, label %142
    i32 2, label %143
  ]

142:                                              ; preds = %140
  br label %17

143:                                              ; preds = %140
  %144 = load ptr, ptr %3, align 8, !tbaa !8
  %145 = getelementptr inbounds nuw %struct.parser, ptr %144, i32 0, i32 2
  %146 = load ptr, ptr %145, align 8, !tbaa !11
  %147 = getelementptr inbounds nuw i8, ptr %146, i32 1
  store ptr %147, ptr %145, align 8, !tbaa !11
  store i8 0, ptr %146, align 1, !tbaa !20
  %148 = load i64, ptr %5, align 8, !tbaa !17
  %149 = load ptr, ptr %3, align 8, !tbaa !8
  %150 = getelementptr inbounds nuw %struct.parser, ptr %149, i32 0, i32 7
  store i64 %148, ptr %150, align 8, !tbaa !16
  %151 = load ptr, ptr %3, align 8, !tbaa !8
  %152 = load ptr, ptr %3, align 8, !tbaa !8
  %153 = getelementptr inbounds nuw %struct.parser, ptr %152, i32 0, i32 2
  %154 = load ptr, ptr %153, align 8, !tbaa !11
  %155 = load ptr, ptr %4, align 8, !tbaa !15
  %156 = ptrtoint ptr %154 to i64
  %157 = ptrtoint ptr %155 to i64
  %158 = sub i64 %156, %157
  call void @parser_emit(ptr noundef %151, i32 noundef 115, i64 noundef %158) #4
  store i32 0, ptr %2, align 4
  store i32 1, ptr %7, align 4
  br label %159

159:                                              ; preds = %143, %140
  call void @llvm.lifetime.end.p0(ptr %5) #3
  call void @llvm.lifetime.end.p0(ptr %4) #3
  %160 = load i32, ptr %2, align 4
  ret i32 %160
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #1

; Function Attrs: minsize nounwind optsize uwtable
define internal i32 @parser_next(ptr noundef %0) #0 {
  %2 = alloca i32, align 4
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !8
  %5 = load ptr, ptr %3, align 8, !tbaa !8
  %6 = getelementptr inbounds nuw %struct.parser, ptr %5, i32 0, i32 0
  %7 = load ptr, ptr %6, align 8, !tbaa !21
  %8 = load ptr, ptr %3, align 8, !tbaa !8
  %9 = getelementptr inbounds nuw %struct.parser, ptr %8, i32 0, i32 1
  %10 = load ptr, ptr %9, align 8, !tbaa !22
  %11 = icmp eq ptr %7, %10
  br i1 %11, label %12, label %17

12:                                               ; preds = %1
  %13 = load ptr, ptr %3, align 8, !tbaa !8
  %14 = call i32 @parser_refill(ptr noundef %13) #4
  %15 = icmp sle i32 %14, 0
  br i1 %15, label %16, label %17

16:                                               ; preds = %12
  store i32 -1, ptr %2, align 4
  br label %40

17:                                               ; preds = %12, %1
  call void @llvm.lifetime.start.p0(ptr %4) #3
  %18 = load ptr, ptr %3, align 8, !tbaa !8
  %19 = getelementptr inbounds nuw %struct.parser, ptr %18, i32 0, i32 0
  %20 = load ptr, ptr %19, align 8, !tbaa !21
  %21 = getelementptr inbounds nuw i8, ptr %20, i32 1
  store ptr %21, ptr %19, align 8, !tbaa !21
  %22 = load i8, ptr %20, align 1, !tbaa !20
  %23 = zext i8 %22 to i32
  store i32 %23, ptr %4, align 4, !tbaa !4
  %24 = load i32, ptr %4, align 4, !tbaa !4
  %25 = icmp eq i32 %24, 10
  br i1 %25, label %26, label %33

26:                                               ; preds = %17
  %27 = load ptr, ptr %3, align 8, !tbaa !8
  %28 = getelementptr inbounds nuw %struct.parser, ptr %27, i32 0, i32 4
  %29 = load i32, ptr %28, align 4, !tbaa !23
  %30 = add nsw i32 %29, 1
  store i32 %30, ptr %28, align 4, !tbaa !23
  %31 = load ptr, ptr %3, align 8, !tbaa !8
  %32 = getelementptr inbounds nuw %struct.parser, ptr %31, i32 0, i32 5
  store i32 0, ptr %32, align 8, !tbaa !24
  br label %38

33:                                               ; preds = %17
  %34 = load ptr, ptr %3, align 8, !tbaa !8
  %35 = getelementptr inbounds nuw %struct.parser, ptr %34, i32 0, i32 5
  %36 = load i32, ptr %35, align 8, !tbaa !24
  %37 = add nsw i32 %36, 1
  store i32 %37, ptr %35, align 8, !tbaa !24
  br label %38

38:                                               ; preds = %33, %26
  %39 = load i32, ptr %4, align 4, !tbaa !4
  store i32 %39, ptr %2, align 4
  call void @llvm.lifetime.end.p0(ptr %4) #3
  br label %40

40:                                               ; preds = %38, %16
  %41 = load i32, ptr %2, align 4
  ret i32 %41
}

; Function Attrs: minsize nounwind optsize uwtable
define internal i32 @parser_fail(ptr noundef %0, ptr noundef %1) #0 {
  %3 = alloca ptr, align 8
  %4 = alloca ptr, align 8
  store ptr %0, ptr %3, align 8, !tbaa !8
  store ptr %1, ptr %4, align 8, !tbaa !15
  %5 = load ptr, ptr %4, align 8, !tbaa !15
  %6 = load ptr, ptr %3, align 8, !tbaa !8
  %7 = getelementptr inbounds nuw %struct.parser, ptr %6, i32 0, i32 10
  store ptr %5, ptr %7, align 8, !tbaa !25
  %8 = load ptr, ptr %3, align 8, !tbaa !8
  %9 = getelementptr inbounds nuw %struct.parser, ptr %8, i32 0, i32 4
  %10 = load i32, ptr %9, align 4, !tbaa !23
  %11 = mul nsw i32 %10, 1000
  %12 = load ptr, ptr %3, align 8, !tbaa !8
  %13 = getelementptr inbounds nuw %struct.parser, ptr %12, i32 0, i32 5
  %14 = load i32, ptr %13, align 8, !tbaa !24
  %15 = add nsw i32 %11, %14
  %16 = load ptr, ptr %3, align 8, !tbaa !8
  %17 = getelementptr inbounds nuw %struct.parser, ptr %16, i32 0, i32 6
  store i32 %15, ptr %17, align 4, !tbaa !26
  ret i32 -1
}

; Function Attrs: minsize nounwind optsize uwtable
define internal i32 @parser_digit(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  %3 = alloca i32, align 4
  store i32 %0, ptr %3, align 4, !tbaa !4
  %4 = load i32, ptr %3, align 4, !tbaa !4
  %5 = icmp sge i32 %4, 48
  br i1 %5, label %6, label %12

6:                                                ; preds = %1
  %7 = load i32, ptr %3, align 4, !tbaa !4
  %8 = icmp sle i32 %7, 57
  br i1 %8, label %9, label %12

9:                                                ; preds = %6
  %10 = load i32, ptr %3, align 4, !tbaa !4
  %11 = sub nsw i32 %10, 48
  store i32 %11, ptr %2, align 4
  br label %33

12:                                               ; preds = %6, %1
  %13 = load i32, ptr %3, align 4, !tbaa !4
  %14 = icmp sge i32 %13, 97
  br i1 %14, label %15, label %22

15:                                               ; preds = %12
  %16 = load i32, ptr %3, align 4, !tbaa !4
  %17 = icmp sle i32 %16, 102
  br i1 %17, label %18, label %22

18:                                               ; preds = %15
  %19 = load i32, ptr %3, align 4, !tbaa !4
  %20 = sub nsw i32 %19, 97
  %21 = add nsw i32 %20, 10
  store i32 %21, ptr %2, align 4
  br label %33

22:                                               ; preds = %15, %12
  %23 = load i32, ptr %3, align 4, !tbaa !4
  %24 = icmp sge i32 %23, 65
  br i1 %24, label %25, label %32

25:                                               ; preds = %22
  %26 = load i32, ptr %3, align 4, !tbaa !4
  %27 = icmp sle i32 %26, 70
  br i1 %27, label %28, label %32

28:                                               ; preds = %25
  %29 = load i32, ptr %3, align 4, !tbaa !4
  %30 = sub nsw i32 %29, 65
  %31 = add nsw i32 %30, 10
  store i32 %31, ptr %2, align 4
  br label %33

32:                                               ; preds = %25, %22
  store i32 -1, ptr %2, align 4
  br label %33

33:                                               ; preds = %32, %28, %18, %9
  %34 = load i32, ptr %2, align 4
  ret i32 %34
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #1

; Function Attrs: minsize optsize
declare void @parser_emit(ptr noundef, i32 noundef, i64 noundef) #2

; Function Attrs: minsize nounwind optsize uwtable
define i32 @parser_number(ptr noundef %0, i32 noundef %1) #0 {
  %3 = alloca i32, align 4
  %4 = alloca ptr, align 8
  %5 = alloca i32, align 4
  %6 = alloca i64, align 8
  %7 = alloca i64, align 8
  %8 = alloca i64, align 8
  %9 = alloca i32, align 4
  %10 = alloca i32, align 4
  %11 = alloca i32, align 4
  %12 = alloca i32, align 4
  %13 = alloca i32, align 4
  store ptr %0, ptr %4, align 8, !tbaa !8
  store i32 %1, ptr %5, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %6) #3
  store i64 0, ptr %6, align 8, !tbaa !17
  call void @llvm.lifetime.start.p0(ptr %7) #3
  store i64 1, ptr %7, align 8, !tbaa !17
  call void @llvm.lifetime.start.p0(ptr %8) #3
  store i64 0, ptr %8, align 8, !tbaa !17
  call void @llvm.lifetime.start.p0(ptr %9) #3
  store i32 0, ptr %9, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %10) #3
  store i32 0, ptr %10, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %11) #3
  store i32 0, ptr %11, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %12) #3
  store i32 1, ptr %12, align 4, !tbaa !4
  %14 = load i32, ptr %5, align 4, !tbaa !4
  %15 = icmp eq i32 %14, 45
  br i1 %15, label %16, label %19

16:                                               ; preds = %2
  store i32 1, ptr %9, align 4, !tbaa !4
  %17 = load ptr, ptr %4, align 8, !tbaa !8
  %18 = call i32 @parser_next(ptr noundef %17) #4
  store i32 %18, ptr %5, align 4, !tbaa !4
  br label %19

19:                                               ; preds = %16, %2
  br label %20

20:                                               ; preds = %56, %19
  %21 = load i32, ptr %5, align 4, !tbaa !4
  %22 = icmp sge i32 %21, 48
  br i1 %22, label %23, label %26

23:                                               ; preds = %20
  %24 = load i32, ptr %5, align 4, !tbaa !4
  %25 = icmp sle i32 %24, 57
  br i1 %25, label %35, label %26

26:                                               ; preds = %23, %20
  %27 = load i32, ptr %5, align 4, !tbaa !4
  %28 = icmp eq i32 %27, 46
  br i1 %28, label %29, label %33

29:                                               ; preds = %26
  %30 = load i32, ptr %11, align 4, !tbaa !4
  %31 = icmp ne i32 %30, 0
  %32 = xor i1 %31, true
  br label %33

33:                                               ; preds = %29, %26
  %34 = phi i1 [ false, %26 ], [ %32, %29 ]
  br label %35

35:                                               ; preds = %33, %23
  %36 = phi i1 [ true, %23 ], [ %34, %33 ]
  br i1 %36, label %37, label %59

37:                                               ; preds = %35
  %38 = load i32, ptr %5, align 4, !tbaa !4
  %39 = icmp eq i32 %38, 46
  br i1 %39, label %40, label %41

40:                                               ; preds = %37
  store i32 1, ptr %11, align 4, !tbaa !4
  br label %56

41:                                               ; preds = %37
  %42 = load i64, ptr %6, align 8, !tbaa !17
  %43 = mul nsw i64 %42, 10
  %44 = load i32, ptr %5, align 4, !tbaa !4
  %45 = sub nsw i32 %44, 48
  %46 = sext i32 %45 to i64
  %47 = add nsw i64 %43, %46
  store i64 %47, ptr %6, align 8, !tbaa !17
  %48 = load i32, ptr %10, align 4, !tbaa !4
  %49 = add nsw i32 %48, 1
  store i32 %49, ptr %10, align 4, !tbaa !4
  %50 = load i32, ptr %11, align 4, !tbaa !4
  %51 = icmp ne i32 %50, 0
  br i1 %51, label %52, label %55

52:                                               ; preds = %41
  %53 = load i64, ptr %7, align 8, !tbaa !17
  %54 = mul nsw i64 %53, 10
  store i64 %54, ptr %7, align 8, !tbaa !17
  br label %55

55:                                               ; preds = %52, %41
  br label %56

56:                                               ; preds = %55, %40
  %57 = load ptr, ptr %4, align 8, !tbaa !8
  %58 = call i32 @parser_next(ptr noundef %57) #4
  store i32 %58, ptr %5, align 4, !tbaa !4
  br label %20, !llvm.loop !27

59:                                               ; preds = %35
  %60 = load i32, ptr %10, align 4, !tbaa !4
  %61 = icmp ne i32 %60, 0
  br i1 %61, label %62, label %102

62:                                               ; preds = %59
  %63 = load i32, ptr %5, align 4, !tbaa !4
  %64 = icmp eq i32 %63, 101
  br i1 %64, label %68, label %65

65:                                               ; preds = %62
  %66 = load i32, ptr %5, align 4, !tbaa !4
  %67 = icmp eq i32 %66, 69
  br i1 %67, label %68, label %102

68:                                               ; preds = %65, %62
  %69 = load ptr, ptr %4, align 8, !tbaa !8
  %70 = call i32 @parser_next(ptr noundef %69) #4
  store i32 %70, ptr %5, align 4, !tbaa !4
  %71 = load i32, ptr %5, align 4, !tbaa !4
  %72 = icmp eq i32 %71, 43
  br i1 %72, label %76, label %73

73:                                               ; preds = %68
  %74 = load i32, ptr %5, align 4, !tbaa !4
  %75 = icmp eq i32 %74, 45
  br i1 %75, label %76, label %83

76:                                               ; preds = %73, %68
  %77 = load i32, ptr %5, align 4, !tbaa !4
  %78 = icmp eq i32 %77, 45
  %79 = zext i1 %78 to i64
  %80 = select i1 %78, i32 -1, i32 1
  store i32 %80, ptr %12, align 4, !tbaa !4
  %81 = load ptr, ptr %4, align 8, !tbaa !8
  %82 = call i32 @parser_next(ptr noundef %81) #4
  store i32 %82, ptr %5, align 4, !tbaa !4
  br label %83

83:                                               ; preds = %76, %73
  br label %84

84:                                               ; preds = %92, %83
  %85 = load i32, ptr %5, align 4, !tbaa !4
  %86 = icmp sge i32 %85, 48
  br i1 %86, label %87, label %90

87:                                               ; preds = %84
  %88 = load i32, ptr %5, align 4, !tbaa !4
  %89 = icmp sle i32 %88, 57
  br label %90

90:                                               ; preds = %87, %84
  %91 = phi i1 [ false, %84 ], [ %89, %87 ]
  br i1 %91, label %92, label %101

92:                                               ; preds = %90
  %93 = load i64, ptr %8, align 8, !tbaa !17
  %94 = mul nsw i64 %93, 10
  %95 = load i32, ptr %5, align 4, !tbaa !4
  %96 = sub nsw i32 %95, 48
  %97 = sext i32 %96 to i64
  %98 = add nsw i64 %94, %97
  store i64 %98, ptr %8, align 8, !tbaa !17
  %99 = load ptr, ptr %4, align 8, !tbaa !8
  %100 = call i32 @parser_next(ptr noundef %99) #4
  store i32 %100, ptr %5, align 4, !tbaa !4
  br label %84, !llvm.loop !28

101:                                              ; preds = %90
  br label %102

102:                                              ; preds = %101, %65, %59
  %103 = load i32, ptr %10, align 4, !tbaa !4
  %104 = icmp ne i32 %103, 0
  br i1 %104, label %108, label %105

105:                                              ; preds = %102
  %106 = load ptr, ptr %4, align 8, !tbaa !8
  %107 = call i32 @parser_fail(ptr noundef %106, ptr noundef @.str.4) #4
  store i32 %107, ptr %3, align 4
  store i32 1, ptr %13, align 4
  br label %155

108:                                              ; preds = %102
  %109 = load i32, ptr %5, align 4, !tbaa !4
  %110 = icmp sge i32 %109, 0
  br i1 %110, label %111, label %120

111:                                              ; preds = %108
  %112 = load ptr, ptr %4, align 8, !tbaa !8
  %113 = getelementptr inbounds nuw %struct.parser, ptr %112, i32 0, i32 0
  %114 = load ptr, ptr %113, align 8, !tbaa !21
  %115 = getelementptr inbounds i8, ptr %114, i32 -1
  store ptr %115, ptr %113, align 8, !tbaa !21
  %116 = load ptr, ptr %4, align 8, !tbaa !8
  %117 = getelementptr inbounds nuw %struct.parser, ptr %116, i32 0, i32 5
  %118 = load i32, ptr %117, align 8, !tbaa !24
  %119 = add nsw i32 %118, -1
  store i32 %119, ptr %117, align 8, !tbaa !24
  br label %120

120:                                              ; preds = %111, %108
  %121 = load ptr, ptr %4, align 8, !tbaa !8
  %122 = getelementptr inbounds nuw %struct.parser, ptr %121, i32 0, i32 9
  %123 = load i32, ptr %122, align 8, !tbaa !29
  %124 = icmp eq i32 %123, 32
  br i1 %124, label %125, label %128

125:                                              ; preds = %120
  %126 = load ptr, ptr %4, align 8, !tbaa !8
  %127 = call i32 @parser_fail(ptr noundef %126, ptr noundef @.str.5) #4
  store i32 %127, ptr %3, align 4
  store i32 1, ptr %13, align 4
  br label %155

128:                                              ; preds = %120
  %129 = load i32, ptr %9, align 4, !tbaa !4
  %130 = icmp ne i32 %129, 0
  br i1 %130, label %131, label %134

131:                                              ; preds = %128
  %132 = load i64, ptr %6, align 8, !tbaa !17
  %133 = sub nsw i64 0, %132
  br label %136

134:                                              ; preds = %128
  %135 = load i64, ptr %6, align 8, !tbaa !17
  br label %136

136:                                              ; preds = %134, %131
  %137 = phi i64 [ %133, %131 ], [ %135, %134 ]
  %138 = load i64, ptr %7, align 8, !tbaa !17
  %139 = sdiv i64 %137, %138
  %140 = load i32, ptr %12, align 4, !tbaa !4
  %141 = sext i32 %140 to i64
  %142 = load i64, ptr %8, align 8, !tbaa !17
  %143 = mul nsw i64 %141, %142
  %144 = add nsw i64 %139, %143
  %145 = load ptr, ptr %4, align 8, !tbaa !8
  %146 = getelementptr inbounds nuw %struct.parser, ptr %145, i32 0, i32 8
  %147 = load ptr, ptr %4, align 8, !tbaa !8
  %148 = getelementptr inbounds nuw %struct.parser, ptr %147, i32 0, i32 9
  %149 = load i32, ptr %148, align 8, !tbaa !29
  %150 = add nsw i32 %149, 1
  store i32 %150, ptr %148, align 8, !tbaa !29
  %151 = sext i32 %149 to i64
  %152 = getelementptr inbounds [32 x i64], ptr %146, i64 0, i64 %151
  store i64 %144, ptr %152, align 8, !tbaa !17
  %153 = load ptr, ptr %4, align 8, !tbaa !8
  %154 = load i64, ptr %6, align 8, !tbaa !17
  call void @parser_emit(ptr noundef %153, i32 noundef 110, i64 noundef %154) #4
  store i32 0, ptr %3, align 4
  store i32 1, ptr %13, align 4
  br label %155

155:                                              ; preds = %136, %125, %105
  call void @llvm.lifetime.end.p0(ptr %12) #3
  call void @llvm.lifetime.end.p0(ptr %11) #3
  call void @llvm.lifetime.end.p0(ptr %10) #3
  call void @llvm.lifetime.end.p0(ptr %9) #3
  call void @llvm.lifetime.end.p0(ptr %8) #3
  call void @llvm.lifetime.end.p0(ptr %7) #3
  call void @llvm.lifetime.end.p0(ptr %6) #3
  %156 = load i32, ptr %3, align 4
  ret i32 %156
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @parser_value(ptr noundef %0) #0 {
  %2 = alloca i32, align 4
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  %5 = alloca i32, align 4
  %6 = alloca i32, align 4
  %7 = alloca ptr, align 8
  %8 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !8
  call void @llvm.lifetime.start.p0(ptr %4) #3
  br label %9

9:                                                ; preds = %27, %1
  %10 = load ptr, ptr %3, align 8, !tbaa !8
  %11 = call i32 @parser_next(ptr noundef %10) #4
  store i32 %11, ptr %4, align 4, !tbaa !4
  br label %12

12:                                               ; preds = %9
  %13 = load i32, ptr %4, align 4, !tbaa !4
  %14 = icmp eq i32 %13, 32
  br i1 %14, label %27, label %15

15:                                               ; preds = %12
  %16 = load i32, ptr %4, align 4, !tbaa !4
  %17 = icmp eq i32 %16, 9
  br i1 %17, label %27, label %18

18:                                               ; preds = %15
  %19 = load i32, ptr %4, align 4, !tbaa !4
  %20 = icmp eq i32 %19, 10
  br i1 %20, label %27, label %21

21:                                               ; preds = %18
  %22 = load i32, ptr %4, align 4, !tbaa !4
  %23 = icmp eq i32 %22, 13
  br i1 %23, label %27, label %24

24:                                               ; preds = %21
  %25 = load i32, ptr %4, align 4, !tbaa !4
  %26 = icmp eq i32 %25, 44
  br label %27

27:                                               ; preds = %24, %21, %18, %15, %12
  %28 = phi i1 [ true, %21 ], [ true, %18 ], [ true, %15 ], [ true, %12 ], [ %26, %24 ]
  br i1 %28, label %9, label %29, !llvm.loop !30

29:                                               ; preds = %27
  %30 = load i32, ptr %4, align 4, !tbaa !4
  switch i32 %30, label %146 [
    i32 -1, label %31
    i32 123, label %32
    i32 91, label %32
    i32 125, label %83
    i32 93, label %83
    i32 34, label %85
    i32 58, label %88
    i32 116, label %89
    i32 102, label %89
    i32 110, label %89
    i32 35, label %134
  ]

31:                                               ; preds = %29
  store i32 1, ptr %2, align 4
  store i32 1, ptr %5, align 4
  br label %162

32:                                               ; preds = %29, %29
  %33 = load ptr, ptr %3, align 8, !tbaa !8
  %34 = getelementptr inbounds nuw %struct.parser, ptr %33, i32 0, i32 3
  %35 = load i32, ptr %34, align 8, !tbaa !31
  %36 = add nsw i32 %35, 1
  store i32 %36, ptr %34, align 8, !tbaa !31
  %37 = icmp sgt i32 %35, 100
  br i1 %37, label %38, label %41

38:                                               ; preds = %32
  %39 = load ptr, ptr %3, align 8, !tbaa !8
  %40 = call i32 @parser_fail(ptr noundef %39, ptr noundef @.str.6) #4
  store i32 %40, ptr %2, align 4
  store i32 1, ptr %5, align 4
  br label %162

41:                                               ; preds = %32
  %42 = load ptr, ptr %3, align 8, !tbaa !8
  %43 = load i32, ptr %4, align 4, !tbaa !4
  %44 = load ptr, ptr %3, align 8, !tbaa !8
  %45 = getelementptr inbounds nuw %struct.parser, ptr %44, i32 0, i32 3
  %46 = load i32, ptr %45, align 8, !tbaa !31
  %47 = sext i32 %46 to i64
  call void @parser_emit(ptr noundef %42, i32 noundef %43, i64 noundef %47) #4
  br label %48

48:                                               ; preds = %70, %41
  call void @llvm.lifetime.start.p0(ptr %6) #3
  %49 = load ptr, ptr %3, align 8, !tbaa !8
  %50 = call i32 @parser_value(ptr noundef %49) #4
  store i32 %50, ptr %6, align 4, !tbaa !4
  %51 = load i32, ptr %6, align 4, !tbaa !4
  %52 = icmp slt i32 %51, 0
  br i1 %52, label %53, label %55

53:                                               ; preds = %48
  %54 = load i32, ptr %6, align 4, !tbaa !4
  store i32 %54, ptr %2, align 4
  store i32 1, ptr %5, align 4
  br label %68

55:                                               ; preds = %48
  %56 = load i32, ptr %6, align 4, !tbaa !4
  %57 = load i32, ptr %4, align 4, !tbaa !4
  %58 = add nsw i32 %57, 2
  %59 = icmp eq i32 %56, %58
  br i1 %59, label %60, label %61

60:                                               ; preds = %55
  store i32 5, ptr %5, align 4
  br label %68

61:                                               ; preds = %55
  %62 = load i32, ptr %6, align 4, !tbaa !4
  %63 = icmp eq i32 %62, 1
  br i1 %63, label %64, label %67

64:                                               ; preds = %61
  %65 = load ptr, ptr %3, align 8, !tbaa !8
  %66 = call i32 @parser_fail(ptr noundef %65, ptr noundef @.str.7) #4
  store i32 %66, ptr %2, align 4
  store i32 1, ptr %5, align 4
  br label %68

67:                                               ; preds = %61
  store i32 0, ptr %5, align 4
  br label %68

68:                                               ; preds = %67, %64, %60, %53
  call void @llvm.lifetime.end.p0(ptr %6) #3
  %69 = load i32, ptr %5, align 4
  switch i32 %69, label %162 [
    i32 0, label %70
    i32 5, label %71
  ]

70:                                               ; preds = %68
  br label %48

71:                                               ; preds = %68
  %72 = load ptr, ptr %3, align 8, !tbaa !8
  %73 = getelementptr inbounds nuw %struct.parser, ptr %72, i32 0, i32 3
  %74 = load i32, ptr %73, align 8, !tbaa !31
  %75 = add nsw i32 %74, -1
  store i32 %75, ptr %73, align 8, !tbaa !31
  %76 = load ptr, ptr %3, align 8, !tbaa !8
  %77 = load i32, ptr %4, align 4, !tbaa !4
  %78 = add nsw i32 %77, 2
  %79 = load ptr, ptr %3, align 8, !tbaa !8
  %80 = getelementptr inbounds nuw %struct.parser, ptr %79, i32 0, i32 3
  %81 = load i32, ptr %80, align 8, !tbaa !31
  %82 = sext i32 %81 to i64
  call void @parser_emit(ptr noundef %76, i32 noundef %78, i64 noundef %82) #4
  store i32 0, ptr %2, align 4
  store i32 1, ptr %5, align 4
  br label %162

83:                                               ; preds = %29, %29
  %84 = load i32, ptr %4, align 4, !tbaa !4
  store i32 %84, ptr %2, align 4
  store i32 1, ptr %5, align 4
  br label %162

85:                                               ; preds = %29
  %86 = load ptr, ptr %3, align 8, !tbaa !8
  %87 = call i32 @parser_string(ptr noundef %86) #4
  store i32 %87, ptr %2, align 4
  store i32 1, ptr %5, align 4
  br label %162

88:                                               ; preds = %29
  store i32 0, ptr %2, align 4
  store i32 1, ptr %5, align 4
  br label %162

89:                                               ; preds = %29, %29, %29
  call void @llvm.lifetime.start.p0(ptr %7) #3
  %90 = load i32, ptr %4, align 4, !tbaa !4
  %91 = icmp eq i32 %90, 116
  br i1 %91, label %92, label %93

92:                                               ; preds = %89
  br label %98

93:                                               ; preds = %89
  %94 = load i32, ptr %4, align 4, !tbaa !4
  %95 = icmp eq i32 %94, 102
  %96 = zext i1 %95 to i64
  %97 = select i1 %95, i32 1, i32 2
  br label %98

98:                                               ; preds = %93, %92
  %99 = phi i32 [ 0, %92 ], [ %97, %93 ]
  %100 = sext i32 %99 to i64
  %101 = getelementptr inbounds [3 x ptr], ptr @parser_value.words, i64 0, i64 %100
  %102 = load ptr, ptr %101, align 8, !tbaa !15
  store ptr %102, ptr %7, align 8, !tbaa !15
  call void @llvm.lifetime.start.p0(ptr %8) #3
  store i32 1, ptr %8, align 4, !tbaa !4
  br label %103

103:                                              ; preds = %125, %98
  %104 = load ptr, ptr %7, align 8, !tbaa !15
  %105 = load i32, ptr %8, align 4, !tbaa !4
  %106 = sext i32 %105 to i64
  %107 = getelementptr inbounds i8, ptr %104, i64 %106
  %108 = load i8, ptr %107, align 1, !tbaa !20
  %109 = icmp ne i8 %108, 0
  br i1 %109, label %111, label %110

110:                                              ; preds = %103
  store i32 7, ptr %5, align 4
  br label %128

111:                                              ; preds = %103
  %112 = load ptr, ptr %3, align 8, !tbaa !8
  %113 = call i32 @parser_next(ptr noundef %112) #4
  %114 = load ptr, ptr %7, align 8, !tbaa !15
  %115 = load i32, ptr %8, align 4, !tbaa !4
  %116 = sext i32 %115 to i64
  %117 = getelementptr inbounds i8, ptr %114, i64 %116
  %118 = load i8, ptr %117, align 1, !tbaa !20
  %119 = sext i8 %118 to i32
  %120 = icmp ne i32 %113, %119
  br i1 %120, label %121, label %124

121:                                              ; preds = %111
  %122 = load ptr, ptr %3, align 8, !tbaa !8
  %123 = call i32 @parser_fail(ptr noundef %122, ptr noundef @.str.11) #4
  store i32 %123, ptr %2, align 4
  store i32 1, ptr %5, align 4
  br label %128

124:                                              ; preds = %111
  br label %125

125:                                              ; preds = %124
  %126 = load i32, ptr %8, align 4, !tbaa !4
  %127 = add nsw i32 %126, 1
  store i32 %127, ptr %8, align 4, !tbaa !4
  br label %103, !llvm.loop !32

128:                                              ; preds = %121, %110
  call void @llvm.lifetime.end.p0(ptr %8) #3
  %129 = load i32, ptr %5, align 4
  switch i32 %129, label %133 [
    i32 7, label %130
  ]

130:                                              ; preds = %128
  %131 = load ptr, ptr %3, align 8, !tbaa !8
  %132 = load i32, ptr %4, align 4, !tbaa !4
  call void @parser_emit(ptr noundef %131, i32 noundef %132, i64 noundef 0) #4
  store i32 0, ptr %2, align 4
  store i32 1, ptr %5, align 4
  br label %133

133:                                              ; preds = %130, %128
  call void @llvm.lifetime.end.p0(ptr %7) #3
  br label %162

134:                                              ; preds = %29
  br label %135

135:                                              ; preds = %144, %134
  %136 = load ptr, ptr %3, align 8, !tbaa !8
  %137 = call i32 @parser_next(ptr noundef %136) #4
  store i32 %137, ptr %4, align 4, !tbaa !4
  %138 = icmp sge i32 %137, 0
  br i1 %138, label %139, label %142

139:                                              ; preds = %135
  %140 = load i32, ptr %4, align 4, !tbaa !4
  %141 = icmp ne i32 %140, 10
  br label %142

142:                                              ; preds = %139, %135
  %143 = phi i1 [ false, %135 ], [ %141, %139 ]
  br i1 %143, label %144, label %145

144:                                              ; preds = %142
  br label %135, !llvm.loop !33

145:                                              ; preds = %142
  store i32 0, ptr %2, align 4
  store i32 1, ptr %5, align 4
  br label %162

146:                                              ; preds = %29
  %147 = load i32, ptr %4, align 4, !tbaa !4
  %148 = icmp eq i32 %147, 45
  br i1 %148, label %155, label %149

149:                                              ; preds = %146
  %150 = load i32, ptr %4, align 4, !tbaa !4
  %151 = icmp sge i32 %150, 48
  br i1 %151, label %152, label %159

152:                                              ; preds = %149
  %153 = load i32, ptr %4, align 4, !tbaa !4
  %154 = icmp sle i32 %153, 57
  br i1 %154, label %155, label %159

155:                                              ; preds = %152, %146
  %156 = load ptr, ptr %3, align 8, !tbaa !8
  %157 = load i32, ptr %4, align 4, !tbaa !4
  %158 = call i32 @parser_number(ptr noundef %156, i32 noundef %157) #4
  store i32 %158, ptr %2, align 4
  store i32 1, ptr %5, align 4
  br label %162

159:                                              ; preds = %152, %149
  %160 = load ptr, ptr %3, align 8, !tbaa !8
  %161 = call i32 @parser_fail(ptr noundef %160, ptr noundef @.str.12) #4
  store i32 %161, ptr %2, align 4
  store i32 1, ptr %5, align 4
  br label %162

162:                                              ; preds = %159, %155, %145, %133, %88, %85, %83, %71, %68, %38, %31
  call void @llvm.lifetime.end.p0(ptr %4) #3
  %163 = load i32, ptr %2, align 4
  ret i32 %163
}

; Function Attrs: minsize nounwind optsize uwtable
define void @parser_mix(ptr noundef %0, ptr noundef %1, i32 noundef %2) #0 {
  %4 = alloca ptr, align 8
  %5 = alloca ptr, align 8
  %6 = alloca i32, align 4
  %7 = alloca i32, align 4
  %8 = alloca i32, align 4
  %9 = alloca i32, align 4
  %10 = alloca i32, align 4
  %11 = alloca i32, align 4
  %12 = alloca i32, align 4
  %13 = alloca i32, align 4
  %14 = alloca i32, align 4
  %15 = alloca i32, align 4
  %16 = alloca i32, align 4
  %17 = alloca i32, align 4
  %18 = alloca i32, align 4
  %19 = alloca i32, align 4
  %20 = alloca i32, align 4
  %21 = alloca i32, align 4
  %22 = alloca i32, align 4
  store ptr %0, ptr %4, align 8, !tbaa !34
  store ptr %1, ptr %5, align 8, !tbaa !34
  store i32 %2, ptr %6, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %7) #3
  %23 = load ptr, ptr %4, align 8, !tbaa !34
  %24 = getelementptr inbounds i32, ptr %23, i64 0
  %25 = load i32, ptr %24, align 4, !tbaa !4
  store i32 %25, ptr %7, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %8) #3
  %26 = load ptr, ptr %4, align 8, !tbaa !34
  %27 = getelementptr inbounds i32, ptr %26, i64 1
  %28 = load i32, ptr %27, align 4, !tbaa !4
  store i32 %28, ptr %8, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %9) #3
  %29 = load ptr, ptr %4, align 8, !tbaa !34
  %30 = getelementptr inbounds i32, ptr %29, i64 2
  %31 = load i32, ptr %30, align 4, !tbaa !4
  store i32 %31, ptr %9, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %10) #3
  %32 = load ptr, ptr %4, align 8, !tbaa !34
  %33 = getelementptr inbounds i32, ptr %32, i64 3
  %34 = load i32, ptr %33, align 4, !tbaa !4
  store i32 %34, ptr %10, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %11) #3
  %35 = load ptr, ptr %4, align 8, !tbaa !34
  %36 = getelementptr inbounds i32, ptr %35, i64 4
  %37 = load i32, ptr %36, align 4, !tbaa !4
  store i32 %37, ptr %11, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %12) #3
  %38 = load ptr, ptr %4, align 8, !tbaa !34
  %39 = getelementptr inbounds i32, ptr %38, i64 5
  %40 = load i32, ptr %39, align 4, !tbaa !4
  store i32 %40, ptr %12, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %13) #3
  %41 = load ptr, ptr %4, align 8, !tbaa !34
  %42 = getelementptr inbounds i32, ptr %41, i64 6
  %43 = load i32, ptr %42, align 4, !tbaa !4
  store i32 %43, ptr %13, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %14) #3
  %44 = load ptr, ptr %4, align 8, !tbaa !34
  %45 = getelementptr inbounds i32, ptr %44, i64 7
  %46 = load i32, ptr %45, align 4, !tbaa !4
  store i32 %46, ptr %14, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %15) #3
  %47 = load ptr, ptr %4, align 8, !tbaa !34
  %48 = getelementptr inbounds i32, ptr %47, i64 8
  %49 = load i32, ptr %48, align 4, !tbaa !4
  store i32 %49, ptr %15, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %16) #3
  %50 = load ptr, ptr %4, align 8, !tbaa !34
  %51 = getelementptr inbounds i32, ptr %50, i64 9
  %52 = load i32, ptr %51, align 4, !tbaa !4
  store i32 %52, ptr %16, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %17) #3
  %53 = load ptr, ptr %4, align 8, !tbaa !34
  %54 = getelementptr inbounds i32, ptr %53, i64 10
  %55 = load i32, ptr %54, align 4, !tbaa !4
  store i32 %55, ptr %17, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %18) #3
  %56 = load ptr, ptr %4, align 8, !tbaa !34
  %57 = getelementptr inbounds i32, ptr %56, i64 11
  %58 = load i32, ptr %57, align 4, !tbaa !4
  store i32 %58, ptr %18, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %19) #3
  %59 = load ptr, ptr %4, align 8, !tbaa !34
  %60 = getelementptr inbounds i32, ptr %59, i64 12
  %61 = load i32, ptr %60, align 4, !tbaa !4
  store i32 %61, ptr %19, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %20) #3
  %62 = load ptr, ptr %4, align 8, !tbaa !34
  %63 = getelementptr inbounds i32, ptr %62, i64 13
  %64 = load i32, ptr %63, align 4, !tbaa !4
  store i32 %64, ptr %20, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %21) #3
  %65 = load ptr, ptr %4, align 8, !tbaa !34
  %66 = getelementptr inbounds i32, ptr %65, i64 14
  %67 = load i32, ptr %66, align 4, !tbaa !4
  store i32 %67, ptr %21, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %22) #3
  %68 = load ptr, ptr %4, align 8, !tbaa !34
  %69 = getelementptr inbounds i32, ptr %68, i64 15
  %70 = load i32, ptr %69, align 4, !tbaa !4
  store i32 %70, ptr %22, align 4, !tbaa !4
  br label %71

71:                                               ; preds = %301, %3
  %72 = load i32, ptr %6, align 4, !tbaa !4
  %73 = add nsw i32 %72, -1
  store i32 %73, ptr %6, align 4, !tbaa !4
  %74 = icmp sgt i32 %72, 0
  br i1 %74, label %75, label %302

75:                                               ; preds = %71
  %76 = load i32, ptr %11, align 4, !tbaa !4
  %77 = load ptr, ptr %5, align 8, !tbaa !34
  %78 = getelementptr inbounds i32, ptr %77, i64 0
  %79 = load i32, ptr %78, align 4, !tbaa !4
  %80 = add i32 %76, %79
  %81 = load i32, ptr %7, align 4, !tbaa !4
  %82 = add i32 %81, %80
  store i32 %82, ptr %7, align 4, !tbaa !4
  %83 = load i32, ptr %7, align 4, !tbaa !4
  %84 = load i32, ptr %19, align 4, !tbaa !4
  %85 = xor i32 %84, %83
  store i32 %85, ptr %19, align 4, !tbaa !4
  %86 = load i32, ptr %19, align 4, !tbaa !4
  %87 = shl i32 %86, 7
  %88 = load i32, ptr %19, align 4, !tbaa !4
  %89 = lshr i32 %88, 25
  %90 = or i32 %87, %89
  store i32 %90, ptr %19, align 4, !tbaa !4
  %91 = load i32, ptr %19, align 4, !tbaa !4
  %92 = load i32, ptr %15, align 4, !tbaa !4
  %93 = add i32 %92, %91
  store i32 %93, ptr %15, align 4, !tbaa !4
  %94 = load i32, ptr %15, align 4, !tbaa !4
  %95 = load i32, ptr %11, align 4, !tbaa !4
  %96 = xor i32 %95, %94
  store i32 %96, ptr %11, align 4, !tbaa !4
  %97 = load i32, ptr %11, align 4, !tbaa !4
  %98 = shl i32 %97, 12
  %99 = load i32, ptr %11, align 4, !tbaa !4
  %100 = lshr i32 %99, 20
  %101 = or i32 %98, %100
  store i32 %101, ptr %11, align 4, !tbaa !4
  %102 = load i32, ptr %12, align 4, !tbaa !4
  %103 = load ptr, ptr %5, align 8, !tbaa !34
  %104 = getelementptr inbounds i32, ptr %103, i64 1
  %105 = load i32, ptr %104, align 4, !tbaa !4
  %106 = add i32 %102, %105
  %107 = load i32, ptr %8, align 4, !tbaa !4
  %108 = add i32 %107, %106
  store i32 %108, ptr %8, align 4, !tbaa !4
  %109 = load i32, ptr %8, align 4, !tbaa !4
  %110 = load i32, ptr %20, align 4, !tbaa !4
  %111 = xor i32 %110, %109
  store i32 %111, ptr %20, align 4, !tbaa !4
  %112 = load i32, ptr %20, align 4, !tbaa !4
  %113 = shl i32 %112, 7
  %114 = load i32, ptr %20, align 4, !tbaa !4
  %115 = lshr i32 %114, 25
  %116 = or i32 %113, %115
  store i32 %116, ptr %20, align 4, !tbaa !4
  %117 = load i32, ptr %20, align 4, !tbaa !4
  %118 = load i32, ptr %16, align 4, !tbaa !4
  %119 = add i32 %118, %117
  store i32 %119, ptr %16, align 4, !tbaa !4
  %120 = load i32, ptr %16, align 4, !tbaa !4
  %121 = load i32, ptr %12, align 4, !tbaa !4
  %122 = xor i32 %121, %120
  store i32 %122, ptr %12, align 4, !tbaa !4
  %123 = load i32, ptr %12, align 4, !tbaa !4
  %124 = shl i32 %123, 12
  %125 = load i32, ptr %12, align 4, !tbaa !4
  %126 = lshr i32 %125, 20
  %127 = or i32 %124, %126
  store i32 %127, ptr %12, align 4, !tbaa !4
  %128 = load i32, ptr %13, align 4, !tbaa !4
  %129 = load ptr, ptr %5, align 8, !tbaa !34
  %130 = getelementptr inbounds i32, ptr %129, i64 2
  %131 = load i32, ptr %130, align 4, !tbaa !4
  %132 = add i32 %128, %131
  %133 = load i32, ptr %9, align 4, !tbaa !4
  %134 = add i32 %133, %132
  store i32 %134, ptr %9, align 4, !tbaa !4
  %135 = load i32, ptr %9, align 4, !tbaa !4
  %136 = load i32, ptr %21, align 4, !tbaa !4
  %137 = xor i32 %136, %135
  store i32 %137, ptr %21, align 4, !tbaa !4
  %138 = load i32, ptr %21, align 4, !tbaa !4
  %139 = shl i32 %138, 7
  %140 = load i32, ptr %21, align 4, !tbaa !4
  %141 = lshr i32 %140, 25
  %142 = or i32 %139, %141
  store i32 %142, ptr %21, align 4, !tbaa !4
  %143 = load i32, ptr %21, align 4, !tbaa !4
  %144 = load i32, ptr %17, align 4, !tbaa !4
  %145 = add i32 %144, %143
  store i32 %145, ptr %17, align 4, !tbaa !4
  %146 = load i32, ptr %17, align 4, !tbaa !4
  %147 = load i32, ptr %13, align 4, !tbaa !4
  %148 = xor i32 %147, %146
  store i32 %148, ptr %13, align 4, !tbaa !4
  %149 = load i32, ptr %13, align 4, !tbaa !4
  %150 = shl i32 %149, 12
  %151 = load i32, ptr %13, align 4, !tbaa !4
  %152 = lshr i32 %151, 20
  %153 = or i32 %150, %152
  store i32 %153, ptr %13, align 4, !tbaa !4
  %154 = load i32, ptr %14, align 4, !tbaa !4
  %155 = load ptr, ptr %5, align 8, !tbaa !34
  %156 = getelementptr inbounds i32, ptr %155, i64 3
  %157 = load i32, ptr %156, align 4, !tbaa !4
  %158 = add i32 %154, %157
  %159 = load i32, ptr %10, align 4, !tbaa !4
  %160 = add i32 %159, %158
  store i32 %160, ptr %10, align 4, !tbaa !4
  %161 = load i32, ptr %10, align 4, !tbaa !4
  %162 = load i32, ptr %22, align 4, !tbaa !4
  %163 = xor i32 %162, %161
  store i32 %163, ptr %22, align 4, !tbaa !4
  %164 = load i32, ptr %22, align 4, !tbaa !4
  %165 = shl i32 %164, 7
  %166 = load i32, ptr %22, align 4, !tbaa !4
  %167 = lshr i32 %166, 25
  %168 = or i32 %165, %167
  store i32 %168, ptr %22, align 4, !tbaa !4
  %169 = load i32, ptr %22, align 4, !tbaa !4
  %170 = load i32, ptr %18, align 4, !tbaa !4
  %171 = add i32 %170, %169
  store i32 %171, ptr %18, align 4, !tbaa !4
  %172 = load i32, ptr %18, align 4, !tbaa !4
  %173 = load i32, ptr %14, align 4, !tbaa !4
  %174 = xor i32 %173, %172
  store i32 %174, ptr %14, align 4, !tbaa !4
  %175 = load i32, ptr %14, align 4, !tbaa !4
  %176 = shl i32 %175, 12
  %177 = load i32, ptr %14, align 4, !tbaa !4
  %178 = lshr i32 %177, 20
  %179 = or i32 %176, %178
  store i32 %179, ptr %14, align 4, !tbaa !4
  %180 = load i32, ptr %7, align 4, !tbaa !4
  %181 = and i32 %180, 1
  %182 = icmp ne i32 %181, 0
  br i1 %182, label %183, label %236

183:                                              ; preds = %75
  %184 = load i32, ptr %12, align 4, !tbaa !4
  %185 = load ptr, ptr %5, align 8, !tbaa !34
  %186 = getelementptr inbounds i32, ptr %185, i64 4
  %187 = load i32, ptr %186, align 4, !tbaa !4
  %188 = add i32 %184, %187
  %189 = load i32, ptr %7, align 4, !tbaa !4
  %190 = add i32 %189, %188
  store i32 %190, ptr %7, align 4, !tbaa !4
  %191 = load i32, ptr %7, align 4, !tbaa !4
  %192 = load i32, ptr %22, align 4, !tbaa !4
  %193 = xor i32 %192, %191
  store i32 %193, ptr %22, align 4, !tbaa !4
  %194 = load i32, ptr %22, align 4, !tbaa !4
  %195 = shl i32 %194, 7
  %196 = load i32, ptr %22, align 4, !tbaa !4
  %197 = lshr i32 %196, 25
  %198 = or i32 %195, %197
  store i32 %198, ptr %22, align 4, !tbaa !4
  %199 = load i32, ptr %22, align 4, !tbaa !4
  %200 = load i32, ptr %17, align 4, !tbaa !4
  %201 = add i32 %200, %199
  store i32 %201, ptr %17, align 4, !tbaa !4
  %202 = load i32, ptr %17, align 4, !tbaa !4
  %203 = load i32, ptr %12, align 4, !tbaa !4
  %204 = xor i32 %203, %202
  store i32 %204, ptr %12, align 4, !tbaa !4
  %205 = load i32, ptr %12, align 4, !tbaa !4
  %206 = shl i32 %205, 12
  %207 = load i32, ptr %12, align 4, !tbaa !4
  %208 = lshr i32 %207, 20
  %209 = or i32 %206, %208
  store i32 %209, ptr %12, align 4, !tbaa !4
  %210 = load i32, ptr %13, align 4, !tbaa !4
  %211 = load ptr, ptr %5, align 8, !tbaa !34
  %212 = getelementptr inbounds i32, ptr %211, i64 5
  %213 = load i32, ptr %212, align 4, !tbaa !4
  %214 = add i32 %210, %213
  %215 = load i32, ptr %8, align 4, !tbaa !4
  %216 = add i32 %215, %214
  store i32 %216, ptr %8, align 4, !tbaa !4
  %217 = load i32, ptr %8, align 4, !tbaa !4
  %218 = load i32, ptr %19, align 4, !tbaa !4
  %219 = xor i32 %218, %217
  store i32 %219, ptr %19, align 4, !tbaa !4
  %220 = load i32, ptr %19, align 4, !tbaa !4
  %221 = shl i32 %220, 7
  %222 = load i32, ptr %19, align 4, !tbaa !4
  %223 = lshr i32 %222, 25
  %224 = or i32 %221, %223
  store i32 %224, ptr %19, align 4, !tbaa !4
  %225 = load i32, ptr %19, align 4, !tbaa !4
  %226 = load i32, ptr %18, align 4, !tbaa !4
  %227 = add i32 %226, %225
  store i32 %227, ptr %18, align 4, !tbaa !4
  %228 = load i32, ptr %18, align 4, !tbaa !4
  %229 = load i32, ptr %13, align 4, !tbaa !4
  %230 = xor i32 %229, %228
  store i32 %230, ptr %13, align 4, !tbaa !4
  %231 = load i32, ptr %13, align 4, !tbaa !4
  %232 = shl i32 %231, 12
  %233 = load i32, ptr %13, align 4, !tbaa !4
  %234 = lshr i32 %233, 20
  %235 = or i32 %232, %234
  store i32 %235, ptr %13, align 4, !tbaa !4
  br label %236

236:                                              ; preds = %183, %75
  %237 = load i32, ptr %14, align 4, !tbaa !4
  %238 = load ptr, ptr %5, align 8, !tbaa !34
  %239 = getelementptr inbounds i32, ptr %238, i64 6
  %240 = load i32, ptr %239, align 4, !tbaa !4
  %241 = add i32 %237, %240
  %242 = load i32, ptr %9, align 4, !tbaa !4
  %243 = add i32 %242, %241
  store i32 %243, ptr %9, align 4, !tbaa !4
  %244 = load i32, ptr %9, align 4, !tbaa !4
  %245 = load i32, ptr %20, align 4, !tbaa !4
  %246 = xor i32 %245, %244
  store i32 %246, ptr %20, align 4, !tbaa !4
  %247 = load i32, ptr %20, align 4, !tbaa !4
  %248 = shl i32 %247, 7
  %249 = load i32, ptr %20, align 4, !tbaa !4
  %250 = lshr i32 %249, 25
  %251 = or i32 %248, %250
  store i32 %251, ptr %20, align 4, !tbaa !4
  %252 = load i32, ptr %20, align 4, !tbaa !4
  %253 = load i32, ptr %15, align 4, !tbaa !4
  %254 = add i32 %253, %252
  store i32 %254, ptr %15, align 4, !tbaa !4
  %255 = load i32, ptr %15, align 4, !tbaa !4
  %256 = load i32, ptr %14, align 4, !tbaa !4
  %257 = xor i32 %256, %255
  store i32 %257, ptr %14, align 4, !tbaa !4
  %258 = load i32, ptr %14, align 4, !tbaa !4
  %259 = shl i32 %258, 12
  %260 = load i32, ptr %14, align 4, !tbaa !4
  %261 = lshr i32 %260, 20
  %262 = or i32 %259, %261
  store i32 %262, ptr %14, align 4, !tbaa !4
  %263 = load i32, ptr %11, align 4, !tbaa !4
  %264 = load ptr, ptr %5, align 8, !tbaa !34
  %265 = getelementptr inbounds i32, ptr %264, i64 7
  %266 = load i32, ptr %265, align 4, !tbaa !4
  %267 = add i32 %263, %266
  %268 = load i32, ptr %10, align 4, !tbaa !4
  %269 = add i32 %268, %267
  store i32 %269, ptr %10, align 4, !tbaa !4
  %270 = load i32, ptr %10, align 4, !tbaa !4
  %271 = load i32, ptr %21, align 4, !tbaa !4
  %272 = xor i32 %271, %270
  store i32 %272, ptr %21, align 4, !tbaa !4
  %273 = load i32, ptr %21, align 4, !tbaa !4
  %274 = shl i32 %273, 7
  %275 = load i32, ptr %21, align 4, !tbaa !4
  %276 = lshr i32 %275, 25
  %277 = or i32 %274, %276
  store i32 %277, ptr %21, align 4, !tbaa !4
  %278 = load i32, ptr %21, align 4, !tbaa !4
  %279 = load i32, ptr %16, align 4, !tbaa !4
  %280 = add i32 %279, %278
  store i32 %280, ptr %16, align 4, !tbaa !4
  %281 = load i32, ptr %16, align 4, !tbaa !4
  %282 = load i32, ptr %11, align 4, !tbaa !4
  %283 = xor i32 %282, %281
  store i32 %283, ptr %11, align 4, !tbaa !4
  %284 = load i32, ptr %11, align 4, !tbaa !4
  %285 = shl i32 %284, 12
  %286 = load i32, ptr %11, align 4, !tbaa !4
  %287 = lshr i32 %286, 20
  %288 = or i32 %285, %287
  store i32 %288, ptr %11, align 4, !tbaa !4
  %289 = load i32, ptr %8, align 4, !tbaa !4
  %290 = load i32, ptr %6, align 4, !tbaa !4
  %291 = xor i32 %289, %290
  %292 = urem i32 %291, 5
  %293 = icmp eq i32 %292, 0
  br i1 %293, label %294, label %301

294:                                              ; preds = %236
  %295 = load i32, ptr %7, align 4, !tbaa !4
  %296 = load i32, ptr %8, align 4, !tbaa !4
  %297 = zext i32 %296 to i64
  %298 = load i32, ptr %9, align 4, !tbaa !4
  %299 = zext i32 %298 to i64
  %300 = mul nsw i64 %297, %299
  call void @parser_emit(ptr noundef null, i32 noundef %295, i64 noundef %300) #4
  br label %301

301:                                              ; preds = %294, %236
  br label %71, !llvm.loop !36

302:                                              ; preds = %71
  %303 = load i32, ptr %7, align 4, !tbaa !4
  %304 = load ptr, ptr %4, align 8, !tbaa !34
  %305 = getelementptr inbounds i32, ptr %304, i64 0
  store i32 %303, ptr %305, align 4, !tbaa !4
  %306 = load i32, ptr %8, align 4, !tbaa !4
  %307 = load ptr, ptr %4, align 8, !tbaa !34
  %308 = getelementptr inbounds i32, ptr %307, i64 1
  store i32 %306, ptr %308, align 4, !tbaa !4
  %309 = load i32, ptr %9, align 4, !tbaa !4
  %310 = load ptr, ptr %4, align 8, !tbaa !34
  %311 = getelementptr inbounds i32, ptr %310, i64 2
  store i32 %309, ptr %311, align 4, !tbaa !4
  %312 = load i32, ptr %10, align 4, !tbaa !4
  %313 = load ptr, ptr %4, align 8, !tbaa !34
  %314 = getelementptr inbounds i32, ptr %313, i64 3
  store i32 %312, ptr %314, align 4, !tbaa !4
  %315 = load i32, ptr %11, align 4, !tbaa !4
  %316 = load ptr, ptr %4, align 8, !tbaa !34
  %317 = getelementptr inbounds i32, ptr %316, i64 4
  store i32 %315, ptr %317, align 4, !tbaa !4
  %318 = load i32, ptr %12, align 4, !tbaa !4
  %319 = load ptr, ptr %4, align 8, !tbaa !34
  %320 = getelementptr inbounds i32, ptr %319, i64 5
  store i32 %318, ptr %320, align 4, !tbaa !4
  %321 = load i32, ptr %13, align 4, !tbaa !4
  %322 = load ptr, ptr %4, align 8, !tbaa !34
  %323 = getelementptr inbounds i32, ptr %322, i64 6
  store i32 %321, ptr %323, align 4, !tbaa !4
  %324 = load i32, ptr %14, align 4, !tbaa !4
  %325 = load ptr, ptr %4, align 8, !tbaa !34
  %326 = getelementptr inbounds i32, ptr %325, i64 7
  store i32 %324, ptr %326, align 4, !tbaa !4
  %327 = load i32, ptr %15, align 4, !tbaa !4
  %328 = load ptr, ptr %4, align 8, !tbaa !34
  %329 = getelementptr inbounds i32, ptr %328, i64 8
  store i32 %327, ptr %329, align 4, !tbaa !4
  %330 = load i32, ptr %16, align 4, !tbaa !4
  %331 = load ptr, ptr %4, align 8, !tbaa !34
  %332 = getelementptr inbounds i32, ptr %331, i64 9
  store i32 %330, ptr %332, align 4, !tbaa !4
  %333 = load i32, ptr %17, align 4, !tbaa !4
  %334 = load ptr, ptr %4, align 8, !tbaa !34
  %335 = getelementptr inbounds i32, ptr %334, i64 10
  store i32 %333, ptr %335, align 4, !tbaa !4
  %336 = load i32, ptr %18, align 4, !tbaa !4
  %337 = load ptr, ptr %4, align 8, !tbaa !34
  %338 = getelementptr inbounds i32, ptr %337, i64 11
  store i32 %336, ptr %338, align 4, !tbaa !4
  %339 = load i32, ptr %19, align 4, !tbaa !4
  %340 = load ptr, ptr %4, align 8, !tbaa !34
  %341 = getelementptr inbounds i32, ptr %340, i64 12
  store i32 %339, ptr %341, align 4, !tbaa !4
  %342 = load i32, ptr %20, align 4, !tbaa !4
  %343 = load ptr, ptr %4, align 8, !tbaa !34
  %344 = getelementptr inbounds i32, ptr %343, i64 13
  store i32 %342, ptr %344, align 4, !tbaa !4
  %345 = load i32, ptr %21, align 4, !tbaa !4
  %346 = load ptr, ptr %4, align 8, !tbaa !34
  %347 = getelementptr inbounds i32, ptr %346, i64 14
  store i32 %345, ptr %347, align 4, !tbaa !4
  %348 = load i32, ptr %22, align 4, !tbaa !4
  %349 = load ptr, ptr %4, align 8, !tbaa !34
  %350 = getelementptr inbounds i32, ptr %349, i64 15
  store i32 %348, ptr %350, align 4, !tbaa !4
  call void @llvm.lifetime.end.p0(ptr %22) #3
  call void @llvm.lifetime.end.p0(ptr %21) #3
  call void @llvm.lifetime.end.p0(ptr %20) #3
  call void @llvm.lifetime.end.p0(ptr %19) #3
  call void @llvm.lifetime.end.p0(ptr %18) #3
  call void @llvm.lifetime.end.p0(ptr %17) #3
  call void @llvm.lifetime.end.p0(ptr %16) #3
  call void @llvm.lifetime.end.p0(ptr %15) #3
  call void @llvm.lifetime.end.p0(ptr %14) #3
  call void @llvm.lifetime.end.p0(ptr %13) #3
  call void @llvm.lifetime.end.p0(ptr %12) #3
  call void @llvm.lifetime.end.p0(ptr %11) #3
  call void @llvm.lifetime.end.p0(ptr %10) #3
  call void @llvm.lifetime.end.p0(ptr %9) #3
  call void @llvm.lifetime.end.p0(ptr %8) #3
  call void @llvm.lifetime.end.p0(ptr %7) #3
  ret void
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @parser_class(i32 noundef %0, i32 noundef %1) #0 {
  %3 = alloca i32, align 4
  %4 = alloca i32, align 4
  %5 = alloca i32, align 4
  store i32 %0, ptr %4, align 4, !tbaa !4
  store i32 %1, ptr %5, align 4, !tbaa !4
  %6 = load i32, ptr %4, align 4, !tbaa !4
  switch i32 %6, label %38 [
    i32 3, label %7
    i32 7, label %10
    i32 12, label %13
    i32 14, label %16
    i32 19, label %19
    i32 23, label %23
    i32 30, label %26
    i32 33, label %29
    i32 41, label %32
    i32 55, label %35
  ]

7:                                                ; preds = %2
  %8 = load i32, ptr %5, align 4, !tbaa !4
  %9 = add nsw i32 %8, 1
  store i32 %9, ptr %3, align 4
  br label %88

10:                                               ; preds = %2
  %11 = load i32, ptr %5, align 4, !tbaa !4
  %12 = sext i32 %11 to i64
  call void @parser_emit(ptr noundef null, i32 noundef 1, i64 noundef %12) #4
  store i32 5, ptr %3, align 4
  br label %88

13:                                               ; preds = %2
  %14 = load i32, ptr %5, align 4, !tbaa !4
  %15 = sext i32 %14 to i64
  call void @parser_emit(ptr noundef null, i32 noundef 2, i64 noundef %15) #4
  store i32 6, ptr %3, align 4
  br label %88

16:                                               ; preds = %2
  %17 = load i32, ptr %5, align 4, !tbaa !4
  %18 = mul nsw i32 %17, 3
  store i32 %18, ptr %3, align 4
  br label %88

19:                                               ; preds = %2
  %20 = load i32, ptr %5, align 4, !tbaa !4
  %21 = sext i32 %20 to i64
  call void @parser_emit(ptr noundef null, i32 noundef 3, i64 noundef %21) #4
  %22 = load i32, ptr %5, align 4, !tbaa !4
  store i32 %22, ptr %3, align 4
  br label %88

23:                                               ; preds = %2
  %24 = load i32, ptr %5, align 4, !tbaa !4
  %25 = sub nsw i32 0, %24
  store i32 %25, ptr %3, align 4
  br label %88

26:                                               ; preds = %2
  %27 = load i32, ptr %5, align 4, !tbaa !4
  %28 = sext i32 %27 to i64
  call void @parser_emit(ptr noundef null, i32 noundef 4, i64 noundef %28) #4
  store i32 2, ptr %3, align 4
  br label %88

29:                                               ; preds = %2
  %30 = load i32, ptr %5, align 4, !tbaa !4
  %31 = xor i32 %30, 9
  store i32 %31, ptr %3, align 4
  br label %88

32:                                               ; preds = %2
  %33 = load i32, ptr %5, align 4, !tbaa !4
  %34 = sext i32 %33 to i64
  call void @parser_emit(ptr noundef null, i32 noundef 7, i64 noundef %34) #4
  store i32 1, ptr %3, align 4
  br label %88

35:                                               ; preds = %2
  %36 = load i32, ptr %5, align 4, !tbaa !4
  %37 = shl i32 %36, 2
  store i32 %37, ptr %3, align 4
  br label %88

38:                                               ; preds = %2
  %39 = load i32, ptr %5, align 4, !tbaa !4
  %40 = icmp sgt i32 %39, 3
  br i1 %40, label %41, label %61

41:                                               ; preds = %38
  %42 = load i32, ptr %4, align 4, !tbaa !4
  %43 = icmp slt i32 %42, 90
  br i1 %43, label %44, label %61

44:                                               ; preds = %41
  %45 = load i32, ptr %5, align 4, !tbaa !4
  %46 = load i32, ptr %4, align 4, !tbaa !4
  %47 = and i32 %45, %46
  %48 = icmp ne i32 %47, 4
  br i1 %48, label %49, label %61

49:                                               ; preds = %44
  %50 = load i32, ptr %4, align 4, !tbaa !4
  %51 = load i32, ptr %5, align 4, !tbaa !4
  %52 = icmp ne i32 %50, %51
  br i1 %52, label %53, label %61

53:                                               ; preds = %49
  %54 = load i32, ptr %4, align 4, !tbaa !4
  %55 = sext i32 %54 to i64
  call void @parser_emit(ptr noundef null, i32 noundef 8, i64 noundef %55) #4
  %56 = load i32, ptr %5, align 4, !tbaa !4
  %57 = load i32, ptr %4, align 4, !tbaa !4
  %58 = icmp sgt i32 %56, %57
  %59 = zext i1 %58 to i64
  %60 = select i1 %58, i32 1, i32 2
  store i32 %60, ptr %3, align 4
  br label %88

61:                                               ; preds = %49, %44, %41, %38
  %62 = load i32, ptr %4, align 4, !tbaa !4
  %63 = icmp eq i32 %62, 1
  br i1 %63, label %64, label %67

64:                                               ; preds = %61
  %65 = load i32, ptr %5, align 4, !tbaa !4
  %66 = icmp eq i32 %65, 2
  br i1 %66, label %79, label %67

67:                                               ; preds = %64, %61
  %68 = load i32, ptr %4, align 4, !tbaa !4
  %69 = icmp eq i32 %68, 2
  br i1 %69, label %70, label %73

70:                                               ; preds = %67
  %71 = load i32, ptr %5, align 4, !tbaa !4
  %72 = icmp eq i32 %71, 4
  br i1 %72, label %79, label %73

73:                                               ; preds = %70, %67
  %74 = load i32, ptr %4, align 4, !tbaa !4
  %75 = icmp sgt i32 %74, 100
  br i1 %75, label %76, label %87

76:                                               ; preds = %73
  %77 = load i32, ptr %5, align 4, !tbaa !4
  %78 = icmp slt i32 %77, 7
  br i1 %78, label %79, label %87

79:                                               ; preds = %76, %70, %64
  %80 = load i32, ptr %4, align 4, !tbaa !4
  %81 = sext i32 %80 to i64
  call void @parser_emit(ptr noundef null, i32 noundef 8, i64 noundef %81) #4
  %82 = load i32, ptr %5, align 4, !tbaa !4
  %83 = load i32, ptr %4, align 4, !tbaa !4
  %84 = icmp sgt i32 %82, %83
  %85 = zext i1 %84 to i64
  %86 = select i1 %84, i32 3, i32 4
  store i32 %86, ptr %3, align 4
  br label %88

87:                                               ; preds = %76, %73
  store i32 0, ptr %3, align 4
  br label %88

88:                                               ; preds = %87, %79, %53, %35, %32, %29, %26, %23, %19, %16, %13, %10, %7
  %89 = load i32, ptr %3, align 4
  ret i32 %89
}

; Function Attrs: minsize nounwind optsize uwtable
define ptr @parser_filter(ptr noundef %0, i64 noundef %1, i64 noundef %2, i32 noundef %3) #0 {
  %5 = alloca ptr, align 8
  %6 = alloca ptr, align 8
  %7 = alloca i64, align 8
  %8 = alloca i64, align 8
  %9 = alloca i32, align 4
  %10 = alloca ptr, align 8
  %11 = alloca i32, align 4
  %12 = alloca i64, align 8
  %13 = alloca i64, align 8
  %14 = alloca i32, align 4
  %15 = alloca i32, align 4
  %16 = alloca i32, align 4
  %17 = alloca i32, align 4
  %18 = alloca i32, align 4
  %19 = alloca i32, align 4
  %20 = alloca i32, align 4
  %21 = alloca i32, align 4
  store ptr %0, ptr %6, align 8, !tbaa !15
  store i64 %1, ptr %7, align 8, !tbaa !17
  store i64 %2, ptr %8, align 8, !tbaa !17
  store i32 %3, ptr %9, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %10) #3
  %22 = load i64, ptr %7, align 8, !tbaa !17
  %23 = load i64, ptr %8, align 8, !tbaa !17
  %24 = mul nsw i64 %22, %23
  %25 = call ptr @parser_memory(i64 noundef %24) #4
  store ptr %25, ptr %10, align 8, !tbaa !15
  %26 = load ptr, ptr %10, align 8, !tbaa !15
  %27 = icmp ne ptr %26, null
  br i1 %27, label %29, label %28

28:                                               ; preds = %4
  store ptr null, ptr %5, align 8
  store i32 1, ptr %11, align 4
  br label %219

29:                                               ; preds = %4
  call void @llvm.lifetime.start.p0(ptr %12) #3
  store i64 0, ptr %12, align 8, !tbaa !17
  br label %30

30:                                               ; preds = %214, %29
  %31 = load i64, ptr %12, align 8, !tbaa !17
  %32 = load i64, ptr %8, align 8, !tbaa !17
  %33 = icmp slt i64 %31, %32
  br i1 %33, label %35, label %34

34:                                               ; preds = %30
  store i32 2, ptr %11, align 4
  call void @llvm.lifetime.end.p0(ptr %12) #3
  br label %217

35:                                               ; preds = %30
  call void @llvm.lifetime.start.p0(ptr %13) #3
  store i64 0, ptr %13, align 8, !tbaa !17
  br label %36

36:                                               ; preds = %210, %35
  %37 = load i64, ptr %13, align 8, !tbaa !17
  %38 = load i64, ptr %7, align 8, !tbaa !17
  %39 = icmp slt i64 %37, %38
  br i1 %39, label %41, label %40

40:                                               ; preds = %36
  store i32 5, ptr %11, align 4
  call void @llvm.lifetime.end.p0(ptr %13) #3
  br label %213

41:                                               ; preds = %36
  call void @llvm.lifetime.start.p0(ptr %14) #3
  %42 = load i64, ptr %13, align 8, !tbaa !17
  %43 = icmp ne i64 %42, 0
  br i1 %43, label %44, label %55

44:                                               ; preds = %41
  %45 = load ptr, ptr %6, align 8, !tbaa !15
  %46 = load i64, ptr %12, align 8, !tbaa !17
  %47 = load i64, ptr %7, align 8, !tbaa !17
  %48 = mul nsw i64 %46, %47
  %49 = load i64, ptr %13, align 8, !tbaa !17
  %50 = add nsw i64 %48, %49
  %51 = sub nsw i64 %50, 1
  %52 = getelementptr inbounds i8, ptr %45, i64 %51
  %53 = load i8, ptr %52, align 1, !tbaa !20
  %54 = zext i8 %53 to i32
  br label %56

55:                                               ; preds = %41
  br label %56

56:                                               ; preds = %55, %44
  %57 = phi i32 [ %54, %44 ], [ 0, %55 ]
  store i32 %57, ptr %14, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %15) #3
  %58 = load i64, ptr %12, align 8, !tbaa !17
  %59 = icmp ne i64 %58, 0
  br i1 %59, label %60, label %71

60:                                               ; preds = %56
  %61 = load ptr, ptr %6, align 8, !tbaa !15
  %62 = load i64, ptr %12, align 8, !tbaa !17
  %63 = sub nsw i64 %62, 1
  %64 = load i64, ptr %7, align 8, !tbaa !17
  %65 = mul nsw i64 %63, %64
  %66 = load i64, ptr %13, align 8, !tbaa !17
  %67 = add nsw i64 %65, %66
  %68 = getelementptr inbounds i8, ptr %61, i64 %67
  %69 = load i8, ptr %68, align 1, !tbaa !20
  %70 = zext i8 %69 to i32
  br label %72

71:                                               ; preds = %56
  br label %72

72:                                               ; preds = %71, %60
  %73 = phi i32 [ %70, %60 ], [ 0, %71 ]
  store i32 %73, ptr %15, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %16) #3
  %74 = load i64, ptr %13, align 8, !tbaa !17
  %75 = icmp ne i64 %74, 0
  br i1 %75, label %76, label %91

76:                                               ; preds = %72
  %77 = load i64, ptr %12, align 8, !tbaa !17
  %78 = icmp ne i64 %77, 0
  br i1 %78, label %79, label %91

79:                                               ; preds = %76
  %80 = load ptr, ptr %6, align 8, !tbaa !15
  %81 = load i64, ptr %12, align 8, !tbaa !17
  %82 = sub nsw i64 %81, 1
  %83 = load i64, ptr %7, align 8, !tbaa !17
  %84 = mul nsw i64 %82, %83
  %85 = load i64, ptr %13, align 8, !tbaa !17
  %86 = add nsw i64 %84, %85
  %87 = sub nsw i64 %86, 1
  %88 = getelementptr inbounds i8, ptr %80, i64 %87
  %89 = load i8, ptr %88, align 1, !tbaa !20
  %90 = zext i8 %89 to i32
  br label %92

91:                                               ; preds = %76, %72
  br label %92

92:                                               ; preds = %91, %79
  %93 = phi i32 [ %90, %79 ], [ 0, %91 ]
  store i32 %93, ptr %16, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %17) #3
  %94 = load ptr, ptr %6, align 8, !tbaa !15
  %95 = load i64, ptr %12, align 8, !tbaa !17
  %96 = load i64, ptr %7, align 8, !tbaa !17
  %97 = mul nsw i64 %95, %96
  %98 = load i64, ptr %13, align 8, !tbaa !17
  %99 = add nsw i64 %97, %98
  %100 = getelementptr inbounds i8, ptr %94, i64 %99
  %101 = load i8, ptr %100, align 1, !tbaa !20
  %102 = zext i8 %101 to i32
  store i32 %102, ptr %17, align 4, !tbaa !4
  %103 = load i32, ptr %9, align 4, !tbaa !4
  %104 = icmp eq i32 %103, 1
  br i1 %104, label %105, label %109

105:                                              ; preds = %92
  %106 = load i32, ptr %14, align 4, !tbaa !4
  %107 = load i32, ptr %17, align 4, !tbaa !4
  %108 = sub nsw i32 %107, %106
  store i32 %108, ptr %17, align 4, !tbaa !4
  br label %200

109:                                              ; preds = %92
  %110 = load i32, ptr %9, align 4, !tbaa !4
  %111 = icmp eq i32 %110, 2
  br i1 %111, label %112, label %116

112:                                              ; preds = %109
  %113 = load i32, ptr %15, align 4, !tbaa !4
  %114 = load i32, ptr %17, align 4, !tbaa !4
  %115 = sub nsw i32 %114, %113
  store i32 %115, ptr %17, align 4, !tbaa !4
  br label %199

116:                                              ; preds = %109
  %117 = load i32, ptr %9, align 4, !tbaa !4
  %118 = icmp eq i32 %117, 3
  br i1 %118, label %119, label %126

119:                                              ; preds = %116
  %120 = load i32, ptr %14, align 4, !tbaa !4
  %121 = load i32, ptr %15, align 4, !tbaa !4
  %122 = add nsw i32 %120, %121
  %123 = sdiv i32 %122, 2
  %124 = load i32, ptr %17, align 4, !tbaa !4
  %125 = sub nsw i32 %124, %123
  store i32 %125, ptr %17, align 4, !tbaa !4
  br label %198

126:                                              ; preds = %116
  %127 = load i32, ptr %9, align 4, !tbaa !4
  %128 = icmp eq i32 %127, 4
  br i1 %128, label %129, label %197

129:                                              ; preds = %126
  call void @llvm.lifetime.start.p0(ptr %18) #3
  %130 = load i32, ptr %14, align 4, !tbaa !4
  %131 = load i32, ptr %15, align 4, !tbaa !4
  %132 = add nsw i32 %130, %131
  %133 = load i32, ptr %16, align 4, !tbaa !4
  %134 = sub nsw i32 %132, %133
  store i32 %134, ptr %18, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %19) #3
  %135 = load i32, ptr %18, align 4, !tbaa !4
  %136 = load i32, ptr %14, align 4, !tbaa !4
  %137 = icmp sgt i32 %135, %136
  br i1 %137, label %138, label %142

138:                                              ; preds = %129
  %139 = load i32, ptr %18, align 4, !tbaa !4
  %140 = load i32, ptr %14, align 4, !tbaa !4
  %141 = sub nsw i32 %139, %140
  br label %146

142:                                              ; preds = %129
  %143 = load i32, ptr %14, align 4, !tbaa !4
  %144 = load i32, ptr %18, align 4, !tbaa !4
  %145 = sub nsw i32 %143, %144
  br label %146

146:                                              ; preds = %142, %138
  %147 = phi i32 [ %141, %138 ], [ %145, %142 ]
  store i32 %147, ptr %19, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %20) #3
  %148 = load i32, ptr %18, align 4, !tbaa !4
  %149 = load i32, ptr %15, align 4, !tbaa !4
  %150 = icmp sgt i32 %148, %149
  br i1 %150, label %151, label %155

151:                                              ; preds = %146
  %152 = load i32, ptr %18, align 4, !tbaa !4
  %153 = load i32, ptr %15, align 4, !tbaa !4
  %154 = sub nsw i32 %152, %153
  br label %159

155:                                              ; preds = %146
  %156 = load i32, ptr %15, align 4, !tbaa !4
  %157 = load i32, ptr %18, align 4, !tbaa !4
  %158 = sub nsw i32 %156, %157
  br label %159

159:                                              ; preds = %155, %151
  %160 = phi i32 [ %154, %151 ], [ %158, %155 ]
  store i32 %160, ptr %20, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %21) #3
  %161 = load i32, ptr %18, align 4, !tbaa !4
  %162 = load i32, ptr %16, align 4, !tbaa !4
  %163 = icmp sgt i32 %161, %162
  br i1 %163, label %164, label %168

164:                                              ; preds = %159
  %165 = load i32, ptr %18, align 4, !tbaa !4
  %166 = load i32, ptr %16, align 4, !tbaa !4
  %167 = sub nsw i32 %165, %166
  br label %172

168:                                              ; preds = %159
  %169 = load i32, ptr %16, align 4, !tbaa !4
  %170 = load i32, ptr %18, align 4, !tbaa !4
  %171 = sub nsw i32 %169, %170
  br label %172

172:                                              ; preds = %168, %164
  %173 = phi i32 [ %167, %164 ], [ %171, %168 ]
  store i32 %173, ptr %21, align 4, !tbaa !4
  %174 = load i32, ptr %19, align 4, !tbaa !4
  %175 = load i32, ptr %20, align 4, !tbaa !4
  %176 = icmp sle i32 %174, %175
  br i1 %176, label %177, label %183

177:                                              ; preds = %172
  %178 = load i32, ptr %19, align 4, !tbaa !4
  %179 = load i32, ptr %21, align 4, !tbaa !4
  %180 = icmp sle i32 %178, %179
  br i1 %180, label %181, label %183

181:                                              ; preds = %177
  %182 = load i32, ptr %14, align 4, !tbaa !4
  br label %193

183:                                              ; preds = %177, %172
  %184 = load i32, ptr %20, align 4, !tbaa !4
  %185 = load i32, ptr %21, align 4, !tbaa !4
  %186 = icmp sle i32 %184, %185
  br i1 %186, label %187, label %189

187:                                              ; preds = %183
  %188 = load i32, ptr %15, align 4, !tbaa !4
  br label %191

189:                                              ; preds = %183
  %190 = load i32, ptr %16, align 4, !tbaa !4
  br label %191

191:                                              ; preds = %189, %187
  %192 = phi i32 [ %188, %187 ], [ %190, %189 ]
  br label %193

193:                                              ; preds = %191, %181
  %194 = phi i32 [ %182, %181 ], [ %192, %191 ]
  %195 = load i32, ptr %17, align 4, !tbaa !4
  %196 = sub nsw i32 %195, %194
  store i32 %196, ptr %17, align 4, !tbaa !4
  call void @llvm.lifetime.end.p0(ptr %21) #3
  call void @llvm.lifetime.end.p0(ptr %20) #3
  call void @llvm.lifetime.end.p0(ptr %19) #3
  call void @llvm.lifetime.end.p0(ptr %18) #3
  br label %197

197:                                              ; preds = %193, %126
  br label %198

198:                                              ; preds = %197, %119
  br label %199

199:                                              ; preds = %198, %112
  br label %200

200:                                              ; preds = %199, %105
  %201 = load i32, ptr %17, align 4, !tbaa !4
  %202 = trunc i32 %201 to i8
  %203 = load ptr, ptr %10, align 8, !tbaa !15
  %204 = load i64, ptr %12, align 8, !tbaa !17
  %205 = load i64, ptr %7, align 8, !tbaa !17
  %206 = mul nsw i64 %204, %205
  %207 = load i64, ptr %13, align 8, !tbaa !17
  %208 = add nsw i64 %206, %207
  %209 = getelementptr inbounds i8, ptr %203, i64 %208
  store i8 %202, ptr %209, align 1, !tbaa !20
  call void @llvm.lifetime.end.p0(ptr %17) #3
  call void @llvm.lifetime.end.p0(ptr %16) #3
  call void @llvm.lifetime.end.p0(ptr %15) #3
  call void @llvm.lifetime.end.p0(ptr %14) #3
  br label %210

210:                                              ; preds = %200
  %211 = load i64, ptr %13, align 8, !tbaa !17
  %212 = add nsw i64 %211, 1
  store i64 %212, ptr %13, align 8, !tbaa !17
  br label %36, !llvm.loop !37

213:                                              ; preds = %40
  br label %214

214:                                              ; preds = %213
  %215 = load i64, ptr %12, align 8, !tbaa !17
  %216 = add nsw i64 %215, 1
  store i64 %216, ptr %12, align 8, !tbaa !17
  br label %30, !llvm.loop !38

217:                                              ; preds = %34
  %218 = load ptr, ptr %10, align 8, !tbaa !15
  store ptr %218, ptr %5, align 8
  store i32 1, ptr %11, align 4
  br label %219

219:                                              ; preds = %217, %28
  call void @llvm.lifetime.end.p0(ptr %10) #3
  %220 = load ptr, ptr %5, align 8
  ret ptr %220
}

; Function Attrs: minsize optsize
declare ptr @parser_memory(i64 noundef) #2

; Function Attrs: minsize nounwind optsize uwtable
define void @parser_sort(ptr noundef %0, i64 noundef %1, ptr noundef %2) #0 {
  %4 = alloca ptr, align 8
  %5 = alloca i64, align 8
  %6 = alloca ptr, align 8
  %7 = alloca i64, align 8
  %8 = alloca i64, align 8
  %9 = alloca i64, align 8
  store ptr %0, ptr %4, align 8, !tbaa !39
  store i64 %1, ptr %5, align 8, !tbaa !17
  store ptr %2, ptr %6, align 8, !tbaa !41
  br label %10

10:                                               ; preds = %93, %3
  %11 = load i64, ptr %5, align 8, !tbaa !17
  %12 = icmp sgt i64 %11, 1
  br i1 %12, label %13, label %94

13:                                               ; preds = %10
  call void @llvm.lifetime.start.p0(ptr %7) #3
  %14 = load ptr, ptr %4, align 8, !tbaa !39
  %15 = load i64, ptr %5, align 8, !tbaa !17
  %16 = sdiv i64 %15, 2
  %17 = getelementptr inbounds i64, ptr %14, i64 %16
  %18 = load i64, ptr %17, align 8, !tbaa !17
  store i64 %18, ptr %7, align 8, !tbaa !17
  call void @llvm.lifetime.start.p0(ptr %8) #3
  store i64 0, ptr %8, align 8, !tbaa !17
  call void @llvm.lifetime.start.p0(ptr %9) #3
  %19 = load i64, ptr %5, align 8, !tbaa !17
  %20 = sub nsw i64 %19, 1
  store i64 %20, ptr %9, align 8, !tbaa !17
  br label %21

21:                                               ; preds = %52, %13
  br label %22

22:                                               ; preds = %31, %21
  %23 = load ptr, ptr %6, align 8, !tbaa !41
  %24 = load ptr, ptr %4, align 8, !tbaa !39
  %25 = load i64, ptr %8, align 8, !tbaa !17
  %26 = getelementptr inbounds i64, ptr %24, i64 %25
  %27 = load i64, ptr %26, align 8, !tbaa !17
  %28 = load i64, ptr %7, align 8, !tbaa !17
  %29 = call i32 %23(i64 noundef %27, i64 noundef %28) #4
  %30 = icmp ne i32 %29, 0
  br i1 %30, label %31, label %34

31:                                               ; preds = %22
  %32 = load i64, ptr %8, align 8, !tbaa !17
  %33 = add nsw i64 %32, 1
  store i64 %33, ptr %8, align 8, !tbaa !17
  br label %22, !llvm.loop !42

34:                                               ; preds = %22
  br label %35

35:                                               ; preds = %44, %34
  %36 = load ptr, ptr %6, align 8, !tbaa !41
  %37 = load i64, ptr %7, align 8, !tbaa !17
  %38 = load ptr, ptr %4, align 8, !tbaa !39
  %39 = load i64, ptr %9, align 8, !tbaa !17
  %40 = getelementptr inbounds i64, ptr %38, i64 %39
  %41 = load i64, ptr %40, align 8, !tbaa !17
  %42 = call i32 %36(i64 noundef %37, i64 noundef %41) #4
  %43 = icmp ne i32 %42, 0
  br i1 %43, label %44, label %47

44:                                               ; preds = %35
  %45 = load i64, ptr %9, align 8, !tbaa !17
  %46 = add nsw i64 %45, -1
  store i64 %46, ptr %9, align 8, !tbaa !17
  br label %35, !llvm.loop !43

47:                                               ; preds = %35
  %48 = load i64, ptr %8, align 8, !tbaa !17
  %49 = load i64, ptr %9, align 8, !tbaa !17
  %50 = icmp sge i64 %48, %49
  br i1 %50, label %51, label %52

51:                                               ; preds = %47
  br label %60

52:                                               ; preds = %47
  %53 = load ptr, ptr %4, align 8, !tbaa !39
  %54 = load i64, ptr %8, align 8, !tbaa !17
  %55 = load i64, ptr %9, align 8, !tbaa !17
  call void @parser_swap(ptr noundef %53, i64 noundef %54, i64 noundef %55) #4
  %56 = load i64, ptr %8, align 8, !tbaa !17
  %57 = add nsw i64 %56, 1
  store i64 %57, ptr %8, align 8, !tbaa !17
  %58 = load i64, ptr %9, align 8, !tbaa !17
  %59 = add nsw i64 %58, -1
  store i64 %59, ptr %9, align 8, !tbaa !17
  br label %21

60:                                               ; preds = %51
  %61 = load i64, ptr %9, align 8, !tbaa !17
  %62 = add nsw i64 %61, 1
  %63 = load i64, ptr %5, align 8, !tbaa !17
  %64 = load i64, ptr %9, align 8, !tbaa !17
  %65 = sub nsw i64 %63, %64
  %66 = sub nsw i64 %65, 1
  %67 = icmp slt i64 %62, %66
  br i1 %67, label %68, label %81

68:                                               ; preds = %60
  %69 = load ptr, ptr %4, align 8, !tbaa !39
  %70 = load i64, ptr %9, align 8, !tbaa !17
  %71 = add nsw i64 %70, 1
  %72 = load ptr, ptr %6, align 8, !tbaa !41
  call void @parser_sort(ptr noundef %69, i64 noundef %71, ptr noundef %72) #4
  %73 = load i64, ptr %9, align 8, !tbaa !17
  %74 = add nsw i64 %73, 1
  %75 = load ptr, ptr %4, align 8, !tbaa !39
  %76 = getelementptr inbounds i64, ptr %75, i64 %74
  store ptr %76, ptr %4, align 8, !tbaa !39
  %77 = load i64, ptr %9, align 8, !tbaa !17
  %78 = add nsw i64 %77, 1
  %79 = load i64, ptr %5, align 8, !tbaa !17
  %80 = sub nsw i64 %79, %78
  store i64 %80, ptr %5, align 8, !tbaa !17
  br label %93

81:                                               ; preds = %60
  %82 = load ptr, ptr %4, align 8, !tbaa !39
  %83 = load i64, ptr %9, align 8, !tbaa !17
  %84 = getelementptr inbounds i64, ptr %82, i64 %83
  %85 = getelementptr inbounds i64, ptr %84, i64 1
  %86 = load i64, ptr %5, align 8, !tbaa !17
  %87 = load i64, ptr %9, align 8, !tbaa !17
  %88 = sub nsw i64 %86, %87
  %89 = sub nsw i64 %88, 1
  %90 = load ptr, ptr %6, align 8, !tbaa !41
  call void @parser_sort(ptr noundef %85, i64 noundef %89, ptr noundef %90) #4
  %91 = load i64, ptr %9, align 8, !tbaa !17
  %92 = add nsw i64 %91, 1
  store i64 %92, ptr %5, align 8, !tbaa !17
  br label %93

93:                                               ; preds = %81, %68
  call void @llvm.lifetime.end.p0(ptr %9) #3
  call void @llvm.lifetime.end.p0(ptr %8) #3
  call void @llvm.lifetime.end.p0(ptr %7) #3
  br label %10, !llvm.loop !44

94:                                               ; preds = %10
  ret void
}

; Function Attrs: minsize nounwind optsize uwtable
define internal void @parser_swap(ptr noundef %0, i64 noundef %1, i64 noundef %2) #0 {
  %4 = alloca ptr, align 8
  %5 = alloca i64, align 8
  %6 = alloca i64, align 8
  %7 = alloca i64, align 8
  store ptr %0, ptr %4, align 8, !tbaa !39
  store i64 %1, ptr %5, align 8, !tbaa !17
  store i64 %2, ptr %6, align 8, !tbaa !17
  call void @llvm.lifetime.start.p0(ptr %7) #3
  %8 = load ptr, ptr %4, align 8, !tbaa !39
  %9 = load i64, ptr %5, align 8, !tbaa !17
  %10 = getelementptr inbounds i64, ptr %8, i64 %9
  %11 = load i64, ptr %10, align 8, !tbaa !17
  store i64 %11, ptr %7, align 8, !tbaa !17
  %12 = load ptr, ptr %4, align 8, !tbaa !39
  %13 = load i64, ptr %6, align 8, !tbaa !17
  %14 = getelementptr inbounds i64, ptr %12, i64 %13
  %15 = load i64, ptr %14, align 8, !tbaa !17
  %16 = load ptr, ptr %4, align 8, !tbaa !39
  %17 = load i64, ptr %5, align 8, !tbaa !17
  %18 = getelementptr inbounds i64, ptr %16, i64 %17
  store i64 %15, ptr %18, align 8, !tbaa !17
  %19 = load i64, ptr %7, align 8, !tbaa !17
  %20 = load ptr, ptr %4, align 8, !tbaa !39
  %21 = load i64, ptr %6, align 8, !tbaa !17
  %22 = getelementptr inbounds i64, ptr %20, i64 %21
  store i64 %19, ptr %22, align 8, !tbaa !17
  call void @llvm.lifetime.end.p0(ptr %7) #3
  ret void
}

; Function Attrs: minsize optsize
declare i32 @parser_refill(ptr noundef) #2

attributes #0 = { minsize nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #2 = { minsize optsize "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #3 = { nounwind }
attributes #4 = { minsize optsize }

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
!9 = !{!"p1 _ZTS6parser", !10, i64 0}
!10 = !{!"any pointer", !6, i64 0}
!11 = !{!12, !13, i64 16}
!12 = !{!"parser", !13, i64 0, !13, i64 8, !13, i64 16, !5, i64 24, !5, i64 28, !5, i64 32, !5, i64 36, !14, i64 40, !6, i64 48, !5, i64 304, !13, i64 312}
!13 = !{!"p1 omnipotent char", !10, i64 0}
!14 = !{!"long", !6, i64 0}
!15 = !{!13, !13, i64 0}
!16 = !{!12, !14, i64 40}
!17 = !{!14, !14, i64 0}
!18 = distinct !{!18, !19}
!19 = !{!"llvm.loop.mustprogress"}
!20 = !{!6, !6, i64 0}
!21 = !{!12, !13, i64 0}
!22 = !{!12, !13, i64 8}
!23 = !{!12, !5, i64 28}
!24 = !{!12, !5, i64 32}
!25 = !{!12, !13, i64 312}
!26 = !{!12, !5, i64 36}
!27 = distinct !{!27, !19}
!28 = distinct !{!28, !19}
!29 = !{!12, !5, i64 304}
!30 = distinct !{!30, !19}
!31 = !{!12, !5, i64 24}
!32 = distinct !{!32, !19}
!33 = distinct !{!33, !19}
!34 = !{!35, !35, i64 0}
!35 = !{!"p1 int", !10, i64 0}
!36 = distinct !{!36, !19}
!37 = distinct !{!37, !19}
!38 = distinct !{!38, !19}
!39 = !{!40, !40, i64 0}
!40 = !{!"p1 long", !10, i64 0}
!41 = !{!10, !10, i64 0}
!42 = distinct !{!42, !19}
!43 = distinct !{!43, !19}
!44 = distinct !{!44, !19}
