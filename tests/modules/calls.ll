; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
source_filename = "calls.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

%struct.pair = type { i32, i32 }
%struct.big = type { i64, i64, i64, i64 }

; Function Attrs: minsize nounwind optsize uwtable
define i32 @calls_use(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  %3 = alloca %struct.pair, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %3) #8
  %4 = getelementptr inbounds nuw %struct.pair, ptr %3, i32 0, i32 0
  %5 = load i32, ptr %2, align 4, !tbaa !4
  store i32 %5, ptr %4, align 4, !tbaa !8
  %6 = getelementptr inbounds nuw %struct.pair, ptr %3, i32 0, i32 1
  %7 = load i32, ptr %2, align 4, !tbaa !4
  %8 = add nsw i32 %7, 1
  store i32 %8, ptr %6, align 4, !tbaa !10
  %9 = load i32, ptr %2, align 4, !tbaa !4
  %10 = call i32 @calls_small(i32 noundef %9) #9
  %11 = load i32, ptr %2, align 4, !tbaa !4
  %12 = call i32 @calls_unused_arg(i32 noundef %11, i32 noundef 9) #9
  %13 = add nsw i32 %10, %12
  %14 = call i64 @calls_by_ref(ptr noundef %3) #9
  %15 = trunc i64 %14 to i32
  %16 = add nsw i32 %13, %15
  call void @llvm.lifetime.end.p0(ptr %3) #8
  ret i32 %16
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #1

; Function Attrs: minsize nounwind optsize uwtable
define internal i32 @calls_small(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  %3 = load i32, ptr %2, align 4, !tbaa !4
  %4 = load i32, ptr %2, align 4, !tbaa !4
  %5 = mul nsw i32 %3, %4
  %6 = add nsw i32 %5, 1
  ret i32 %6
}

; Function Attrs: minsize nounwind optsize uwtable
define internal i32 @calls_unused_arg(i32 noundef %0, i32 noundef %1) #0 {
  %3 = alloca i32, align 4
  %4 = alloca i32, align 4
  store i32 %0, ptr %3, align 4, !tbaa !4
  store i32 %1, ptr %4, align 4, !tbaa !4
  %5 = load i32, ptr %3, align 4, !tbaa !4
  %6 = mul nsw i32 %5, 3
  ret i32 %6
}

; Function Attrs: minsize nounwind optsize uwtable
define internal i64 @calls_by_ref(ptr noundef %0) #0 {
  %2 = alloca ptr, align 8
  store ptr %0, ptr %2, align 8, !tbaa !11
  %3 = load ptr, ptr %2, align 8, !tbaa !11
  %4 = getelementptr inbounds nuw %struct.pair, ptr %3, i32 0, i32 0
  %5 = load i32, ptr %4, align 4, !tbaa !8
  %6 = load ptr, ptr %2, align 8, !tbaa !11
  %7 = getelementptr inbounds nuw %struct.pair, ptr %6, i32 0, i32 1
  %8 = load i32, ptr %7, align 4, !tbaa !10
  %9 = add nsw i32 %5, %8
  %10 = sext i32 %9 to i64
  ret i64 %10
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #1

; Function Attrs: minsize nounwind optsize uwtable
define i64 @calls_copy(ptr noundef %0) #0 {
  %2 = alloca ptr, align 8
  %3 = alloca %struct.big, align 8
  %4 = alloca %struct.big, align 8
  store ptr %0, ptr %2, align 8, !tbaa !14
  call void @llvm.lifetime.start.p0(ptr %3) #8
  %5 = load ptr, ptr %2, align 8, !tbaa !14
  call void @calls_big(ptr dead_on_unwind writable sret(%struct.big) align 8 %3, ptr noundef byval(%struct.big) align 8 %5, i32 noundef 3) #9
  call void @llvm.lifetime.start.p0(ptr %4) #8
  call void @calls_big(ptr dead_on_unwind writable sret(%struct.big) align 8 %4, ptr noundef byval(%struct.big) align 8 %3, i32 noundef 4) #9
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %3, ptr align 8 %4, i64 32, i1 false), !tbaa.struct !16
  call void @llvm.lifetime.end.p0(ptr %4) #8
  %6 = load ptr, ptr %2, align 8, !tbaa !14
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %6, ptr align 8 %3, i64 32, i1 false), !tbaa.struct !16
  %7 = getelementptr inbounds nuw %struct.big, ptr %3, i32 0, i32 0
  %8 = load i64, ptr %7, align 8, !tbaa !19
  call void @llvm.lifetime.end.p0(ptr %3) #8
  ret i64 %8
}

; Function Attrs: minsize noinline nounwind optsize uwtable
define internal void @calls_big(ptr dead_on_unwind noalias writable sret(%struct.big) align 8 %0, ptr noundef byval(%struct.big) align 8 %1, i32 noundef %2) #2 {
  %4 = alloca i32, align 4
  store i32 %2, ptr %4, align 4, !tbaa !4
  %5 = load i32, ptr %4, align 4, !tbaa !4
  %6 = sext i32 %5 to i64
  %7 = getelementptr inbounds nuw %struct.big, ptr %1, i32 0, i32 0
  %8 = load i64, ptr %7, align 8, !tbaa !19
  %9 = add nsw i64 %8, %6
  store i64 %9, ptr %7, align 8, !tbaa !19
  %10 = getelementptr inbounds nuw %struct.big, ptr %1, i32 0, i32 2
  %11 = load i64, ptr %10, align 8, !tbaa !21
  %12 = getelementptr inbounds nuw %struct.big, ptr %1, i32 0, i32 3
  %13 = load i64, ptr %12, align 8, !tbaa !22
  %14 = sub nsw i64 %13, %11
  store i64 %14, ptr %12, align 8, !tbaa !22
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %0, ptr align 8 %1, i64 32, i1 false), !tbaa.struct !16
  ret void
}

; Function Attrs: nocallback nofree nounwind willreturn memory(argmem: readwrite)
declare void @llvm.memcpy.p0.p0.i64(ptr noalias writeonly captures(none), ptr noalias readonly captures(none), i64, i1 immarg) #3

; Function Attrs: minsize nounwind optsize uwtable
define i32 @calls_both(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  %3 = load i32, ptr %2, align 4, !tbaa !4
  %4 = call i32 @calls_same1(i32 noundef %3, i32 noundef 2) #9
  %5 = load i32, ptr %2, align 4, !tbaa !4
  %6 = call i32 @calls_same2(i32 noundef %5, i32 noundef 5) #9
  %7 = add nsw i32 %4, %6
  ret i32 %7
}

; Function Attrs: minsize noinline nounwind optsize uwtable
define internal i32 @calls_same1(i32 noundef %0, i32 noundef %1) #2 {
  %3 = alloca i32, align 4
  %4 = alloca i32, align 4
  %5 = alloca i32, align 4
  store i32 %0, ptr %3, align 4, !tbaa !4
  store i32 %1, ptr %4, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %5) #8
  %6 = load i32, ptr %3, align 4, !tbaa !4
  %7 = mul nsw i32 %6, 7
  store i32 %7, ptr %5, align 4, !tbaa !4
  %8 = load i32, ptr %4, align 4, !tbaa !4
  %9 = load i32, ptr %5, align 4, !tbaa !4
  %10 = xor i32 %9, %8
  store i32 %10, ptr %5, align 4, !tbaa !4
  %11 = load i32, ptr %3, align 4, !tbaa !4
  %12 = shl i32 %11, 3
  %13 = load i32, ptr %5, align 4, !tbaa !4
  %14 = add nsw i32 %13, %12
  store i32 %14, ptr %5, align 4, !tbaa !4
  %15 = load i32, ptr %5, align 4, !tbaa !4
  %16 = srem i32 %15, 11
  call void @llvm.lifetime.end.p0(ptr %5) #8
  ret i32 %16
}

; Function Attrs: minsize noinline nounwind optsize uwtable
define internal i32 @calls_same2(i32 noundef %0, i32 noundef %1) #2 {
  %3 = alloca i32, align 4
  %4 = alloca i32, align 4
  %5 = alloca i32, align 4
  store i32 %0, ptr %3, align 4, !tbaa !4
  store i32 %1, ptr %4, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %5) #8
  %6 = load i32, ptr %3, align 4, !tbaa !4
  %7 = mul nsw i32 %6, 7
  store i32 %7, ptr %5, align 4, !tbaa !4
  %8 = load i32, ptr %4, align 4, !tbaa !4
  %9 = load i32, ptr %5, align 4, !tbaa !4
  %10 = xor i32 %9, %8
  store i32 %10, ptr %5, align 4, !tbaa !4
  %11 = load i32, ptr %3, align 4, !tbaa !4
  %12 = shl i32 %11, 3
  %13 = load i32, ptr %5, align 4, !tbaa !4
  %14 = add nsw i32 %13, %12
  store i32 %14, ptr %5, align 4, !tbaa !4
  %15 = load i32, ptr %5, align 4, !tbaa !4
  %16 = srem i32 %15, 11
  call void @llvm.lifetime.end.p0(ptr %5) #8
  ret i32 %16
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @calls_checked(ptr noundef %0, i64 noundef %1, i64 noundef %2) #0 {
  %4 = alloca ptr, align 8
  %5 = alloca i64, align 8
  %6 = alloca i64, align 8
  store ptr %0, ptr %4, align 8, !tbaa !23
  store i64 %1, ptr %5, align 8, !tbaa !17
  store i64 %2, ptr %6, align 8, !tbaa !17
  %7 = load i64, ptr %6, align 8, !tbaa !17
  %8 = load i64, ptr %5, align 8, !tbaa !17
  %9 = icmp uge i64 %7, %8
  %10 = zext i1 %9 to i32
  %11 = sext i32 %10 to i64
  %12 = call i64 @llvm.expect.i64(i64 %11, i64 0)
  %13 = icmp ne i64 %12, 0
  br i1 %13, label %14, label %17

14:                                               ; preds = %3
  %15 = load i64, ptr %6, align 8, !tbaa !17
  %16 = trunc i64 %15 to i32
  call void @calls_report(i32 noundef %16) #10
  call void @calls_fail() #11
  unreachable

17:                                               ; preds = %3
  %18 = load ptr, ptr %4, align 8, !tbaa !23
  %19 = load i64, ptr %6, align 8, !tbaa !17
  %20 = getelementptr inbounds nuw i32, ptr %18, i64 %19
  %21 = load i32, ptr %20, align 4, !tbaa !4
  ret i32 %21
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(none)
declare i64 @llvm.expect.i64(i64, i64) #4

; Function Attrs: cold minsize optsize
declare void @calls_report(i32 noundef) #5

; Function Attrs: cold minsize noreturn optsize
declare void @calls_fail() #6

; Function Attrs: minsize nounwind optsize uwtable
define i32 @calls_partial(ptr noundef %0, ptr noundef %1) #0 {
  %3 = alloca ptr, align 8
  %4 = alloca ptr, align 8
  store ptr %0, ptr %3, align 8, !tbaa !23
  store ptr %1, ptr %4, align 8, !tbaa !23
  %5 = load ptr, ptr %3, align 8, !tbaa !23
  %6 = call i32 @calls_guard(ptr noundef %5) #9
  %7 = load ptr, ptr %4, align 8, !tbaa !23
  %8 = call i32 @calls_guard(ptr noundef %7) #9
  %9 = add nsw i32 %6, %8
  ret i32 %9
}

; Function Attrs: minsize nounwind optsize uwtable
define internal i32 @calls_guard(ptr noundef %0) #0 {
  %2 = alloca i32, align 4
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !23
  %5 = load ptr, ptr %3, align 8, !tbaa !23
  %6 = icmp ne ptr %5, null
  br i1 %6, label %8, label %7

7:                                                ; preds = %1
  store i32 0, ptr %2, align 4
  br label %28

8:                                                ; preds = %1
  call void @llvm.lifetime.start.p0(ptr %4) #8
  %9 = load ptr, ptr %3, align 8, !tbaa !23
  %10 = load i32, ptr %9, align 4, !tbaa !4
  store i32 %10, ptr %4, align 4, !tbaa !4
  %11 = load i32, ptr %4, align 4, !tbaa !4
  %12 = load i32, ptr %4, align 4, !tbaa !4
  %13 = mul nsw i32 %11, %12
  %14 = load i32, ptr %4, align 4, !tbaa !4
  %15 = mul nsw i32 7, %14
  %16 = sub nsw i32 %13, %15
  store i32 %16, ptr %4, align 4, !tbaa !4
  %17 = load i32, ptr %4, align 4, !tbaa !4
  %18 = ashr i32 %17, 3
  %19 = load i32, ptr %4, align 4, !tbaa !4
  %20 = xor i32 %19, %18
  store i32 %20, ptr %4, align 4, !tbaa !4
  %21 = load i32, ptr %4, align 4, !tbaa !4
  %22 = mul nsw i32 %21, 1234567
  store i32 %22, ptr %4, align 4, !tbaa !4
  %23 = load i32, ptr %4, align 4, !tbaa !4
  %24 = shl i32 %23, 5
  %25 = load i32, ptr %4, align 4, !tbaa !4
  %26 = xor i32 %25, %24
  store i32 %26, ptr %4, align 4, !tbaa !4
  %27 = load i32, ptr %4, align 4, !tbaa !4
  store i32 %27, ptr %2, align 4
  call void @llvm.lifetime.end.p0(ptr %4) #8
  br label %28

28:                                               ; preds = %8, %7
  %29 = load i32, ptr %2, align 4
  ret i32 %29
}

; Function Attrs: inlinehint minsize nounwind optsize uwtable
define i32 @calls_available(i32 noundef %0) #7 {
  %2 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  %3 = load i32, ptr %2, align 4, !tbaa !4
  %4 = xor i32 %3, 85
  ret i32 %4
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @calls_extern_inline(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  %3 = load i32, ptr %2, align 4, !tbaa !4
  %4 = call i32 @calls_available(i32 noundef %3) #9
  ret i32 %4
}

attributes #0 = { minsize nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #2 = { minsize noinline nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #3 = { nocallback nofree nounwind willreturn memory(argmem: readwrite) }
attributes #4 = { nocallback nofree nosync nounwind willreturn memory(none) }
attributes #5 = { cold minsize optsize "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #6 = { cold minsize noreturn optsize "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #7 = { inlinehint minsize nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #8 = { nounwind }
attributes #9 = { minsize optsize }
attributes #10 = { cold minsize optsize }
attributes #11 = { cold minsize noreturn optsize }

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
!9 = !{!"pair", !5, i64 0, !5, i64 4}
!10 = !{!9, !5, i64 4}
!11 = !{!12, !12, i64 0}
!12 = !{!"p1 _ZTS4pair", !13, i64 0}
!13 = !{!"any pointer", !6, i64 0}
!14 = !{!15, !15, i64 0}
!15 = !{!"p1 _ZTS3big", !13, i64 0}
!16 = !{i64 0, i64 8, !17, i64 8, i64 8, !17, i64 16, i64 8, !17, i64 24, i64 8, !17}
!17 = !{!18, !18, i64 0}
!18 = !{!"long", !6, i64 0}
!19 = !{!20, !18, i64 0}
!20 = !{!"big", !18, i64 0, !18, i64 8, !18, i64 16, !18, i64 24}
!21 = !{!20, !18, i64 16}
!22 = !{!20, !18, i64 24}
!23 = !{!24, !24, i64 0}
!24 = !{!"p1 int", !13, i64 0}
