; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
source_filename = "memory.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

%struct.rec = type { i32, [20 x i8], ptr }
%union.anon = type { float }

@.str = private unnamed_addr constant [5 x i8] c"root\00", align 1

; Function Attrs: minsize nounwind optsize uwtable
define void @memory_copy(ptr noundef %0, ptr noundef %1) #0 {
  %3 = alloca ptr, align 8
  %4 = alloca ptr, align 8
  %5 = alloca %struct.rec, align 8
  store ptr %0, ptr %3, align 8, !tbaa !8
  store ptr %1, ptr %4, align 8, !tbaa !8
  call void @llvm.lifetime.start.p0(ptr %5) #10
  %6 = load ptr, ptr %4, align 8, !tbaa !8
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %5, ptr align 8 %6, i64 32, i1 false), !tbaa.struct !11
  %7 = getelementptr inbounds nuw %struct.rec, ptr %5, i32 0, i32 0
  %8 = load i32, ptr %7, align 8, !tbaa !13
  %9 = add nsw i32 %8, 1
  store i32 %9, ptr %7, align 8, !tbaa !13
  %10 = load ptr, ptr %3, align 8, !tbaa !8
  call void @llvm.memcpy.p0.p0.i64(ptr align 8 %10, ptr align 8 %5, i64 32, i1 false), !tbaa.struct !11
  %11 = load ptr, ptr %3, align 8, !tbaa !8
  %12 = getelementptr inbounds nuw %struct.rec, ptr %11, i32 0, i32 1
  %13 = getelementptr inbounds [20 x i8], ptr %12, i64 0, i64 0
  call void @llvm.memset.p0.i64(ptr align 4 %13, i8 0, i64 20, i1 false)
  %14 = load ptr, ptr %3, align 8, !tbaa !8
  %15 = getelementptr inbounds nuw %struct.rec, ptr %14, i32 0, i32 1
  %16 = getelementptr inbounds [20 x i8], ptr %15, i64 0, i64 0
  %17 = load ptr, ptr %4, align 8, !tbaa !8
  %18 = getelementptr inbounds nuw %struct.rec, ptr %17, i32 0, i32 1
  %19 = getelementptr inbounds [20 x i8], ptr %18, i64 0, i64 0
  call void @llvm.memmove.p0.p0.i64(ptr align 4 %16, ptr align 4 %19, i64 7, i1 false)
  call void @llvm.lifetime.end.p0(ptr %5) #10
  ret void
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #1

; Function Attrs: nocallback nofree nounwind willreturn memory(argmem: readwrite)
declare void @llvm.memcpy.p0.p0.i64(ptr noalias writeonly captures(none), ptr noalias readonly captures(none), i64, i1 immarg) #2

; Function Attrs: nocallback nofree nounwind willreturn memory(argmem: write)
declare void @llvm.memset.p0.i64(ptr writeonly captures(none), i8, i64, i1 immarg) #3

; Function Attrs: nocallback nofree nounwind willreturn memory(argmem: readwrite)
declare void @llvm.memmove.p0.p0.i64(ptr writeonly captures(none), ptr readonly captures(none), i64, i1 immarg) #2

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #1

; Function Attrs: minsize nounwind optsize uwtable
define i32 @memory_equal(ptr noundef %0, ptr noundef %1) #0 {
  %3 = alloca ptr, align 8
  %4 = alloca ptr, align 8
  store ptr %0, ptr %3, align 8, !tbaa !8
  store ptr %1, ptr %4, align 8, !tbaa !8
  %5 = load ptr, ptr %3, align 8, !tbaa !8
  %6 = getelementptr inbounds nuw %struct.rec, ptr %5, i32 0, i32 1
  %7 = getelementptr inbounds [20 x i8], ptr %6, i64 0, i64 0
  %8 = load ptr, ptr %4, align 8, !tbaa !8
  %9 = getelementptr inbounds nuw %struct.rec, ptr %8, i32 0, i32 1
  %10 = getelementptr inbounds [20 x i8], ptr %9, i64 0, i64 0
  %11 = call i32 @memcmp(ptr noundef %7, ptr noundef %10, i64 noundef 8) #11
  %12 = icmp eq i32 %11, 0
  br i1 %12, label %13, label %19

13:                                               ; preds = %2
  %14 = load ptr, ptr %3, align 8, !tbaa !8
  %15 = getelementptr inbounds nuw %struct.rec, ptr %14, i32 0, i32 1
  %16 = getelementptr inbounds [20 x i8], ptr %15, i64 0, i64 0
  %17 = call i32 @strcmp(ptr noundef %16, ptr noundef @.str) #11
  %18 = icmp ne i32 %17, 0
  br label %19

19:                                               ; preds = %13, %2
  %20 = phi i1 [ false, %2 ], [ %18, %13 ]
  %21 = zext i1 %20 to i32
  ret i32 %21
}

; Function Attrs: minsize nounwind optsize willreturn memory(read)
declare i32 @memcmp(ptr noundef, ptr noundef, i64 noundef) #4

; Function Attrs: minsize nounwind optsize willreturn memory(read)
declare i32 @strcmp(ptr noundef, ptr noundef) #4

; Function Attrs: minsize nounwind optsize uwtable
define i32 @memory_chain(ptr noundef %0, ptr noundef %1) #0 {
  %3 = alloca ptr, align 8
  %4 = alloca ptr, align 8
  store ptr %0, ptr %3, align 8, !tbaa !8
  store ptr %1, ptr %4, align 8, !tbaa !8
  %5 = load ptr, ptr %3, align 8, !tbaa !8
  %6 = getelementptr inbounds nuw %struct.rec, ptr %5, i32 0, i32 1
  %7 = getelementptr inbounds [20 x i8], ptr %6, i64 0, i64 0
  %8 = load i8, ptr %7, align 4, !tbaa !12
  %9 = sext i8 %8 to i32
  %10 = load ptr, ptr %4, align 8, !tbaa !8
  %11 = getelementptr inbounds nuw %struct.rec, ptr %10, i32 0, i32 1
  %12 = getelementptr inbounds [20 x i8], ptr %11, i64 0, i64 0
  %13 = load i8, ptr %12, align 4, !tbaa !12
  %14 = sext i8 %13 to i32
  %15 = icmp eq i32 %9, %14
  br i1 %15, label %16, label %52

16:                                               ; preds = %2
  %17 = load ptr, ptr %3, align 8, !tbaa !8
  %18 = getelementptr inbounds nuw %struct.rec, ptr %17, i32 0, i32 1
  %19 = getelementptr inbounds [20 x i8], ptr %18, i64 0, i64 1
  %20 = load i8, ptr %19, align 1, !tbaa !12
  %21 = sext i8 %20 to i32
  %22 = load ptr, ptr %4, align 8, !tbaa !8
  %23 = getelementptr inbounds nuw %struct.rec, ptr %22, i32 0, i32 1
  %24 = getelementptr inbounds [20 x i8], ptr %23, i64 0, i64 1
  %25 = load i8, ptr %24, align 1, !tbaa !12
  %26 = sext i8 %25 to i32
  %27 = icmp eq i32 %21, %26
  br i1 %27, label %28, label %52

28:                                               ; preds = %16
  %29 = load ptr, ptr %3, align 8, !tbaa !8
  %30 = getelementptr inbounds nuw %struct.rec, ptr %29, i32 0, i32 1
  %31 = getelementptr inbounds [20 x i8], ptr %30, i64 0, i64 2
  %32 = load i8, ptr %31, align 2, !tbaa !12
  %33 = sext i8 %32 to i32
  %34 = load ptr, ptr %4, align 8, !tbaa !8
  %35 = getelementptr inbounds nuw %struct.rec, ptr %34, i32 0, i32 1
  %36 = getelementptr inbounds [20 x i8], ptr %35, i64 0, i64 2
  %37 = load i8, ptr %36, align 2, !tbaa !12
  %38 = sext i8 %37 to i32
  %39 = icmp eq i32 %33, %38
  br i1 %39, label %40, label %52

40:                                               ; preds = %28
  %41 = load ptr, ptr %3, align 8, !tbaa !8
  %42 = getelementptr inbounds nuw %struct.rec, ptr %41, i32 0, i32 1
  %43 = getelementptr inbounds [20 x i8], ptr %42, i64 0, i64 3
  %44 = load i8, ptr %43, align 1, !tbaa !12
  %45 = sext i8 %44 to i32
  %46 = load ptr, ptr %4, align 8, !tbaa !8
  %47 = getelementptr inbounds nuw %struct.rec, ptr %46, i32 0, i32 1
  %48 = getelementptr inbounds [20 x i8], ptr %47, i64 0, i64 3
  %49 = load i8, ptr %48, align 1, !tbaa !12
  %50 = sext i8 %49 to i32
  %51 = icmp eq i32 %45, %50
  br label %52

52:                                               ; preds = %40, %28, %16, %2
  %53 = phi i1 [ false, %28 ], [ false, %16 ], [ false, %2 ], [ %51, %40 ]
  %54 = zext i1 %53 to i32
  ret i32 %54
}

; Function Attrs: minsize nounwind optsize uwtable
define ptr @memory_new(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  %3 = alloca ptr, align 8
  store i32 %0, ptr %2, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %3) #10
  %4 = call noalias ptr @calloc(i64 noundef 1, i64 noundef 32) #12
  store ptr %4, ptr %3, align 8, !tbaa !8
  %5 = load ptr, ptr %3, align 8, !tbaa !8
  %6 = icmp ne ptr %5, null
  br i1 %6, label %7, label %11

7:                                                ; preds = %1
  %8 = load i32, ptr %2, align 4, !tbaa !4
  %9 = load ptr, ptr %3, align 8, !tbaa !8
  %10 = getelementptr inbounds nuw %struct.rec, ptr %9, i32 0, i32 0
  store i32 %8, ptr %10, align 8, !tbaa !13
  br label %11

11:                                               ; preds = %7, %1
  %12 = load ptr, ptr %3, align 8, !tbaa !8
  call void @llvm.lifetime.end.p0(ptr %3) #10
  ret ptr %12
}

; Function Attrs: minsize nounwind optsize allocsize(0,1)
declare noalias ptr @calloc(i64 noundef, i64 noundef) #5

; Function Attrs: minsize nounwind optsize uwtable
define i32 @memory_alloca(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  %3 = alloca ptr, align 8
  %4 = alloca i64, align 8
  store i32 %0, ptr %2, align 4, !tbaa !4
  %5 = load i32, ptr %2, align 4, !tbaa !4
  %6 = add nsw i32 %5, 1
  %7 = zext i32 %6 to i64
  %8 = call ptr @llvm.stacksave.p0()
  store ptr %8, ptr %3, align 8
  %9 = alloca i8, i64 %7, align 16
  store i64 %7, ptr %4, align 8
  %10 = load i32, ptr %2, align 4, !tbaa !4
  %11 = trunc i32 %10 to i8
  %12 = load i32, ptr %2, align 4, !tbaa !4
  %13 = sext i32 %12 to i64
  call void @llvm.memset.p0.i64(ptr align 16 %9, i8 %11, i64 %13, i1 false)
  %14 = load i32, ptr %2, align 4, !tbaa !4
  %15 = sext i32 %14 to i64
  %16 = getelementptr inbounds i8, ptr %9, i64 %15
  store i8 0, ptr %16, align 1, !tbaa !12
  %17 = call i64 @strlen(ptr noundef %9) #11
  %18 = trunc i64 %17 to i32
  %19 = getelementptr inbounds i8, ptr %9, i64 0
  %20 = load i8, ptr %19, align 16, !tbaa !12
  %21 = sext i8 %20 to i32
  %22 = add nsw i32 %18, %21
  %23 = load ptr, ptr %3, align 8
  call void @llvm.stackrestore.p0(ptr %23)
  ret i32 %22
}

; Function Attrs: nocallback nofree nosync nounwind willreturn
declare ptr @llvm.stacksave.p0() #6

; Function Attrs: minsize nounwind optsize willreturn memory(read)
declare i64 @strlen(ptr noundef) #4

; Function Attrs: nocallback nofree nosync nounwind willreturn
declare void @llvm.stackrestore.p0(ptr) #6

; Function Attrs: minsize nounwind optsize uwtable
define void @memory_dead(ptr noundef %0, i32 noundef %1) #0 {
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  %5 = alloca [32 x i8], align 16
  %6 = alloca ptr, align 8
  store ptr %0, ptr %3, align 8, !tbaa !15
  store i32 %1, ptr %4, align 4, !tbaa !4
  %7 = load ptr, ptr %3, align 8, !tbaa !15
  %8 = getelementptr inbounds i32, ptr %7, i64 0
  store i32 1, ptr %8, align 4, !tbaa !4
  %9 = load ptr, ptr %3, align 8, !tbaa !15
  %10 = getelementptr inbounds i32, ptr %9, i64 1
  store i32 2, ptr %10, align 4, !tbaa !4
  %11 = load i32, ptr %4, align 4, !tbaa !4
  %12 = load ptr, ptr %3, align 8, !tbaa !15
  %13 = getelementptr inbounds i32, ptr %12, i64 0
  store i32 %11, ptr %13, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %5) #10
  %14 = getelementptr inbounds [32 x i8], ptr %5, i64 0, i64 0
  call void @llvm.memset.p0.i64(ptr align 16 %14, i8 1, i64 32, i1 false)
  call void @llvm.lifetime.start.p0(ptr %6) #10
  %15 = call noalias ptr @malloc(i64 noundef 4) #13
  store ptr %15, ptr %6, align 8, !tbaa !15
  %16 = load i32, ptr %4, align 4, !tbaa !4
  %17 = load ptr, ptr %6, align 8, !tbaa !15
  store i32 %16, ptr %17, align 4, !tbaa !4
  %18 = load ptr, ptr %6, align 8, !tbaa !15
  call void @free(ptr noundef %18) #14
  call void @llvm.lifetime.end.p0(ptr %6) #10
  call void @llvm.lifetime.end.p0(ptr %5) #10
  ret void
}

; Function Attrs: minsize nounwind optsize allocsize(0)
declare noalias ptr @malloc(i64 noundef) #7

; Function Attrs: minsize nounwind optsize
declare void @free(ptr noundef) #8

; Function Attrs: minsize nounwind optsize uwtable
define i32 @memory_diamond(ptr noundef %0, ptr noundef %1, i32 noundef %2) #0 {
  %4 = alloca ptr, align 8
  %5 = alloca ptr, align 8
  %6 = alloca i32, align 4
  %7 = alloca i32, align 4
  store ptr %0, ptr %4, align 8, !tbaa !15
  store ptr %1, ptr %5, align 8, !tbaa !15
  store i32 %2, ptr %6, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %7) #10
  %8 = load i32, ptr %6, align 4, !tbaa !4
  %9 = icmp ne i32 %8, 0
  br i1 %9, label %10, label %14

10:                                               ; preds = %3
  %11 = load ptr, ptr %4, align 8, !tbaa !15
  store i32 5, ptr %11, align 4, !tbaa !4
  %12 = load ptr, ptr %5, align 8, !tbaa !15
  %13 = load i32, ptr %12, align 4, !tbaa !4
  store i32 %13, ptr %7, align 4, !tbaa !4
  br label %19

14:                                               ; preds = %3
  %15 = load ptr, ptr %4, align 8, !tbaa !15
  store i32 6, ptr %15, align 4, !tbaa !4
  %16 = load ptr, ptr %5, align 8, !tbaa !15
  %17 = load i32, ptr %16, align 4, !tbaa !4
  %18 = add nsw i32 %17, 1
  store i32 %18, ptr %7, align 4, !tbaa !4
  br label %19

19:                                               ; preds = %14, %10
  %20 = load i32, ptr %7, align 4, !tbaa !4
  %21 = load ptr, ptr %4, align 8, !tbaa !15
  %22 = load i32, ptr %21, align 4, !tbaa !4
  %23 = add nsw i32 %20, %22
  call void @llvm.lifetime.end.p0(ptr %7) #10
  ret i32 %23
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @memory_union(float noundef %0) #0 {
  %2 = alloca float, align 4
  %3 = alloca %union.anon, align 4
  store float %0, ptr %2, align 4, !tbaa !17
  call void @llvm.lifetime.start.p0(ptr %3) #10
  %4 = load float, ptr %2, align 4, !tbaa !17
  store float %4, ptr %3, align 4, !tbaa !12
  %5 = load i32, ptr %3, align 4, !tbaa !12
  %6 = and i32 %5, 2147483647
  call void @llvm.lifetime.end.p0(ptr %3) #10
  ret i32 %6
}

; Function Attrs: minsize nounwind optsize uwtable
define i32 @memory_resume(ptr noundef %0, i32 noundef %1) #0 {
  %3 = alloca i32, align 4
  %4 = alloca ptr, align 8
  %5 = alloca i32, align 4
  %6 = alloca i32, align 4
  %7 = alloca i32, align 4
  store ptr %0, ptr %4, align 8, !tbaa !19
  store i32 %1, ptr %5, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %6) #10
  %8 = load i32, ptr %5, align 4, !tbaa !4
  store volatile i32 %8, ptr %6, align 4, !tbaa !4
  %9 = load ptr, ptr %4, align 8, !tbaa !19
  %10 = call i32 @memory_checkpoint(ptr noundef %9) #15
  %11 = icmp ne i32 %10, 0
  br i1 %11, label %12, label %14

12:                                               ; preds = %2
  %13 = load volatile i32, ptr %6, align 4, !tbaa !4
  store i32 %13, ptr %3, align 4
  store i32 1, ptr %7, align 4
  br label %19

14:                                               ; preds = %2
  %15 = load volatile i32, ptr %6, align 4, !tbaa !4
  %16 = add nsw i32 %15, 1
  store volatile i32 %16, ptr %6, align 4, !tbaa !4
  %17 = load volatile i32, ptr %6, align 4, !tbaa !4
  %18 = call i32 @memory_alloca(i32 noundef %17) #16
  store i32 %18, ptr %3, align 4
  store i32 1, ptr %7, align 4
  br label %19

19:                                               ; preds = %14, %12
  call void @llvm.lifetime.end.p0(ptr %6) #10
  %20 = load i32, ptr %3, align 4
  ret i32 %20
}

; Function Attrs: minsize optsize returns_twice
declare i32 @memory_checkpoint(ptr noundef) #9

; Function Attrs: minsize nounwind optsize uwtable
define void @memory_asm(ptr noundef %0) #0 {
  %2 = alloca ptr, align 8
  %3 = alloca i32, align 4
  store ptr %0, ptr %2, align 8, !tbaa !15
  %4 = load ptr, ptr %2, align 8, !tbaa !15
  call void asm sideeffect "incl $0", "=*m,*m,~{memory},~{dirflag},~{fpsr},~{flags}"(ptr elementtype(i32) %4, ptr elementtype(i32) %4) #10, !srcloc !20
  call void @llvm.lifetime.start.p0(ptr %3) #10
  %5 = call i32 asm "movl $$3,$0", "=r,~{dirflag},~{fpsr},~{flags}"() #17, !srcloc !21
  store i32 %5, ptr %3, align 4, !tbaa !4
  %6 = load i32, ptr %3, align 4, !tbaa !4
  %7 = load ptr, ptr %2, align 8, !tbaa !15
  %8 = load i32, ptr %7, align 4, !tbaa !4
  %9 = add nsw i32 %8, %6
  store i32 %9, ptr %7, align 4, !tbaa !4
  call void @llvm.lifetime.end.p0(ptr %3) #10
  ret void
}

attributes #0 = { minsize nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #2 = { nocallback nofree nounwind willreturn memory(argmem: readwrite) }
attributes #3 = { nocallback nofree nounwind willreturn memory(argmem: write) }
attributes #4 = { minsize nounwind optsize willreturn memory(read) "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #5 = { minsize nounwind optsize allocsize(0,1) "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #6 = { nocallback nofree nosync nounwind willreturn }
attributes #7 = { minsize nounwind optsize allocsize(0) "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #8 = { minsize nounwind optsize "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #9 = { minsize optsize returns_twice "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #10 = { nounwind }
attributes #11 = { minsize nounwind optsize willreturn memory(read) }
attributes #12 = { minsize nounwind optsize allocsize(0,1) }
attributes #13 = { minsize nounwind optsize allocsize(0) }
attributes #14 = { minsize nounwind optsize }
attributes #15 = { minsize optsize returns_twice }
attributes #16 = { minsize optsize }
attributes #17 = { nounwind memory(none) }

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
!9 = !{!"p1 _ZTS3rec", !10, i64 0}
!10 = !{!"any pointer", !6, i64 0}
!11 = !{i64 0, i64 4, !4, i64 4, i64 20, !12, i64 24, i64 8, !8}
!12 = !{!6, !6, i64 0}
!13 = !{!14, !5, i64 0}
!14 = !{!"rec", !5, i64 0, !6, i64 4, !9, i64 24}
!15 = !{!16, !16, i64 0}
!16 = !{!"p1 int", !10, i64 0}
!17 = !{!18, !18, i64 0}
!18 = !{!"float", !6, i64 0}
!19 = !{!10, !10, i64 0}
!20 = !{i64 1544}
!21 = !{i64 1596}
