; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
source_filename = "exceptions.cpp"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

%struct.exceptions_guard = type { i32 }
%struct.exceptions_derived = type <{ %struct.exceptions_base, i32, [4 x i8] }>
%struct.exceptions_base = type { ptr }

$_ZN16exceptions_guardD2Ev = comdat any

$__clang_call_terminate = comdat any

$_ZN18exceptions_derivedC2Ev = comdat any

$_ZN18exceptions_derived4workEi = comdat any

$_ZN15exceptions_baseC2Ev = comdat any

$_ZN18exceptions_derivedD0Ev = comdat any

$_ZTV18exceptions_derived = comdat any

$_ZTI18exceptions_derived = comdat any

$_ZTS18exceptions_derived = comdat any

@_ZTIi = external constant ptr
@_ZTV18exceptions_derived = linkonce_odr unnamed_addr constant { [5 x ptr] } { [5 x ptr] [ptr null, ptr @_ZTI18exceptions_derived, ptr @_ZN15exceptions_baseD2Ev, ptr @_ZN18exceptions_derivedD0Ev, ptr @_ZN18exceptions_derived4workEi] }, comdat, align 8
@_ZTI18exceptions_derived = linkonce_odr constant { ptr, ptr, ptr } { ptr getelementptr inbounds (ptr, ptr @_ZTVN10__cxxabiv120__si_class_type_infoE, i64 2), ptr @_ZTS18exceptions_derived, ptr @_ZTI15exceptions_base }, comdat, align 8
@_ZTVN10__cxxabiv120__si_class_type_infoE = external global [0 x ptr]
@_ZTS18exceptions_derived = linkonce_odr constant [21 x i8] c"18exceptions_derived\00", comdat, align 1
@_ZTI15exceptions_base = external constant ptr
@_ZTV15exceptions_base = available_externally unnamed_addr constant { [5 x ptr] } { [5 x ptr] [ptr null, ptr @_ZTI15exceptions_base, ptr @_ZN15exceptions_baseD1Ev, ptr @_ZN15exceptions_baseD0Ev, ptr @__cxa_pure_virtual] }, align 8

; Function Attrs: minsize mustprogress optsize uwtable
define i32 @exceptions_catch(i32 noundef %0) #0 personality ptr @__gxx_personality_v0 {
  %2 = alloca i32, align 4
  %3 = alloca i32, align 4
  %4 = alloca %struct.exceptions_guard, align 4
  %5 = alloca ptr, align 8
  %6 = alloca i32, align 4
  %7 = alloca i32, align 4
  store i32 %0, ptr %3, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %4) #9
  %8 = getelementptr inbounds nuw %struct.exceptions_guard, ptr %4, i32 0, i32 0
  %9 = load i32, ptr %3, align 4, !tbaa !4
  store i32 %9, ptr %8, align 4, !tbaa !8
  %10 = load i32, ptr %3, align 4, !tbaa !4
  %11 = invoke noundef i32 @_Z16exceptions_riskyi(i32 noundef %10) #10
          to label %12 unwind label %18

12:                                               ; preds = %1
  %13 = load i32, ptr %3, align 4, !tbaa !4
  %14 = add nsw i32 %13, 1
  %15 = invoke noundef i32 @_Z16exceptions_riskyi(i32 noundef %14) #10
          to label %16 unwind label %18

16:                                               ; preds = %12
  %17 = add nsw i32 %11, %15
  store i32 %17, ptr %2, align 4
  call void @_ZN16exceptions_guardD2Ev(ptr noundef nonnull align 4 dereferenceable(4) %4) #11
  call void @llvm.lifetime.end.p0(ptr %4) #9
  br label %41

18:                                               ; preds = %12, %1
  %19 = landingpad { ptr, i32 }
          catch ptr @_ZTIi
          catch ptr null
  %20 = extractvalue { ptr, i32 } %19, 0
  store ptr %20, ptr %5, align 8
  %21 = extractvalue { ptr, i32 } %19, 1
  store i32 %21, ptr %6, align 4
  call void @_ZN16exceptions_guardD2Ev(ptr noundef nonnull align 4 dereferenceable(4) %4) #11
  call void @llvm.lifetime.end.p0(ptr %4) #9
  br label %22

22:                                               ; preds = %18
  %23 = load i32, ptr %6, align 4
  %24 = call i32 @llvm.eh.typeid.for.p0(ptr @_ZTIi) #9
  %25 = icmp eq i32 %23, %24
  br i1 %25, label %26, label %31

26:                                               ; preds = %22
  call void @llvm.lifetime.start.p0(ptr %7) #9
  %27 = load ptr, ptr %5, align 8
  %28 = call ptr @__cxa_begin_catch(ptr %27) #9
  %29 = load i32, ptr %28, align 4, !tbaa !4
  store i32 %29, ptr %7, align 4, !tbaa !4
  %30 = load i32, ptr %7, align 4, !tbaa !4
  store i32 %30, ptr %2, align 4
  call void @__cxa_end_catch() #9
  call void @llvm.lifetime.end.p0(ptr %7) #9
  br label %41

31:                                               ; preds = %22
  %32 = load ptr, ptr %5, align 8
  %33 = call ptr @__cxa_begin_catch(ptr %32) #9
  invoke void @exceptions_note(i32 noundef -1) #10
          to label %34 unwind label %35

34:                                               ; preds = %31
  store i32 -1, ptr %2, align 4
  call void @__cxa_end_catch()
  br label %41

35:                                               ; preds = %31
  %36 = landingpad { ptr, i32 }
          cleanup
  %37 = extractvalue { ptr, i32 } %36, 0
  store ptr %37, ptr %5, align 8
  %38 = extractvalue { ptr, i32 } %36, 1
  store i32 %38, ptr %6, align 4
  invoke void @__cxa_end_catch()
          to label %39 unwind label %48

39:                                               ; preds = %35
  br label %43

40:                                               ; No predecessors!
  unreachable

41:                                               ; preds = %26, %34, %16
  %42 = load i32, ptr %2, align 4
  ret i32 %42

43:                                               ; preds = %39
  %44 = load ptr, ptr %5, align 8
  %45 = load i32, ptr %6, align 4
  %46 = insertvalue { ptr, i32 } poison, ptr %44, 0
  %47 = insertvalue { ptr, i32 } %46, i32 %45, 1
  resume { ptr, i32 } %47

48:                                               ; preds = %35
  %49 = landingpad { ptr, i32 }
          catch ptr null
  %50 = extractvalue { ptr, i32 } %49, 0
  call void @__clang_call_terminate(ptr %50) #12
  unreachable
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #1

; Function Attrs: minsize optsize
declare noundef i32 @_Z16exceptions_riskyi(i32 noundef) #2

declare i32 @__gxx_personality_v0(...)

; Function Attrs: minsize mustprogress nounwind optsize uwtable
define linkonce_odr void @_ZN16exceptions_guardD2Ev(ptr noundef nonnull align 4 dereferenceable(4) %0) unnamed_addr #3 comdat align 2 personality ptr @__gxx_personality_v0 {
  %2 = alloca ptr, align 8
  store ptr %0, ptr %2, align 8, !tbaa !10
  %3 = load ptr, ptr %2, align 8
  %4 = getelementptr inbounds nuw %struct.exceptions_guard, ptr %3, i32 0, i32 0
  %5 = load i32, ptr %4, align 4, !tbaa !8
  invoke void @exceptions_note(i32 noundef %5) #10
          to label %6 unwind label %7

6:                                                ; preds = %1
  ret void

7:                                                ; preds = %1
  %8 = landingpad { ptr, i32 }
          catch ptr null
  %9 = extractvalue { ptr, i32 } %8, 0
  call void @__clang_call_terminate(ptr %9) #12
  unreachable
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #1

; Function Attrs: nounwind memory(none)
declare i32 @llvm.eh.typeid.for.p0(ptr) #4

declare ptr @__cxa_begin_catch(ptr)

; Function Attrs: minsize optsize
declare void @exceptions_note(i32 noundef) #2

declare void @__cxa_end_catch()

; Function Attrs: minsize noinline noreturn nounwind optsize uwtable
define linkonce_odr hidden void @__clang_call_terminate(ptr noundef %0) #5 comdat {
  %2 = call ptr @__cxa_begin_catch(ptr %0) #9
  call void @_ZSt9terminatev() #12
  unreachable
}

declare void @_ZSt9terminatev()

; Function Attrs: minsize mustprogress optsize uwtable
define i32 @exceptions_throw(i32 noundef %0) #0 personality ptr @__gxx_personality_v0 {
  %2 = alloca i32, align 4
  %3 = alloca %struct.exceptions_guard, align 4
  %4 = alloca ptr, align 8
  %5 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  %6 = load i32, ptr %2, align 4, !tbaa !4
  %7 = icmp slt i32 %6, 0
  br i1 %7, label %8, label %11

8:                                                ; preds = %1
  %9 = call ptr @__cxa_allocate_exception(i64 4) #9
  %10 = load i32, ptr %2, align 4, !tbaa !4
  store i32 %10, ptr %9, align 16, !tbaa !4
  call void @__cxa_throw(ptr %9, ptr @_ZTIi, ptr null) #13
  unreachable

11:                                               ; preds = %1
  call void @llvm.lifetime.start.p0(ptr %3) #9
  %12 = getelementptr inbounds nuw %struct.exceptions_guard, ptr %3, i32 0, i32 0
  %13 = load i32, ptr %2, align 4, !tbaa !4
  store i32 %13, ptr %12, align 4, !tbaa !8
  %14 = load i32, ptr %2, align 4, !tbaa !4
  %15 = invoke noundef i32 @_Z16exceptions_riskyi(i32 noundef %14) #10
          to label %16 unwind label %18

16:                                               ; preds = %11
  %17 = load i32, ptr %2, align 4, !tbaa !4
  call void @_ZN16exceptions_guardD2Ev(ptr noundef nonnull align 4 dereferenceable(4) %3) #11
  call void @llvm.lifetime.end.p0(ptr %3) #9
  ret i32 %17

18:                                               ; preds = %11
  %19 = landingpad { ptr, i32 }
          cleanup
  %20 = extractvalue { ptr, i32 } %19, 0
  store ptr %20, ptr %4, align 8
  %21 = extractvalue { ptr, i32 } %19, 1
  store i32 %21, ptr %5, align 4
  call void @_ZN16exceptions_guardD2Ev(ptr noundef nonnull align 4 dereferenceable(4) %3) #11
  call void @llvm.lifetime.end.p0(ptr %3) #9
  br label %22

22:                                               ; preds = %18
  %23 = load ptr, ptr %4, align 8
  %24 = load i32, ptr %5, align 4
  %25 = insertvalue { ptr, i32 } poison, ptr %23, 0
  %26 = insertvalue { ptr, i32 } %25, i32 %24, 1
  resume { ptr, i32 } %26
}

declare ptr @__cxa_allocate_exception(i64)

declare void @__cxa_throw(ptr, ptr, ptr)

; Function Attrs: minsize mustprogress nounwind optsize uwtable
define i32 @exceptions_nothrow(i32 noundef %0) #3 personality ptr @__gxx_personality_v0 {
  %2 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  %3 = load i32, ptr %2, align 4, !tbaa !4
  %4 = invoke noundef i32 @_Z16exceptions_riskyi(i32 noundef %3) #10
          to label %5 unwind label %6

5:                                                ; preds = %1
  ret i32 %4

6:                                                ; preds = %1
  %7 = landingpad { ptr, i32 }
          catch ptr null
  %8 = extractvalue { ptr, i32 } %7, 0
  call void @__clang_call_terminate(ptr %8) #12
  unreachable
}

; Function Attrs: minsize mustprogress optsize uwtable
define i32 @exceptions_virtual(ptr noundef %0, i32 noundef %1) #0 personality ptr @__gxx_personality_v0 {
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  %5 = alloca %struct.exceptions_derived, align 8
  %6 = alloca ptr, align 8
  %7 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !13
  store i32 %1, ptr %4, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %5) #9
  call void @_ZN18exceptions_derivedC2Ev(ptr noundef nonnull align 8 dereferenceable(16) %5) #11
  %8 = load i32, ptr %4, align 4, !tbaa !4
  %9 = getelementptr inbounds nuw %struct.exceptions_derived, ptr %5, i32 0, i32 1
  store i32 %8, ptr %9, align 8, !tbaa !15
  %10 = load ptr, ptr %3, align 8, !tbaa !13
  %11 = load i32, ptr %4, align 4, !tbaa !4
  %12 = load ptr, ptr %10, align 8, !tbaa !18
  %13 = getelementptr inbounds ptr, ptr %12, i64 2
  %14 = load ptr, ptr %13, align 8
  %15 = invoke noundef i32 %14(ptr noundef nonnull align 8 dereferenceable(8) %10, i32 noundef %11) #10
          to label %16 unwind label %20

16:                                               ; preds = %2
  %17 = invoke noundef i32 @_ZN18exceptions_derived4workEi(ptr noundef nonnull align 8 dereferenceable(16) %5, i32 noundef 3) #10
          to label %18 unwind label %20

18:                                               ; preds = %16
  %19 = add nsw i32 %15, %17
  call void @_ZN15exceptions_baseD2Ev(ptr noundef nonnull align 8 dereferenceable(16) %5) #11
  call void @llvm.lifetime.end.p0(ptr %5) #9
  ret i32 %19

20:                                               ; preds = %16, %2
  %21 = landingpad { ptr, i32 }
          cleanup
  %22 = extractvalue { ptr, i32 } %21, 0
  store ptr %22, ptr %6, align 8
  %23 = extractvalue { ptr, i32 } %21, 1
  store i32 %23, ptr %7, align 4
  call void @_ZN15exceptions_baseD2Ev(ptr noundef nonnull align 8 dereferenceable(16) %5) #11
  call void @llvm.lifetime.end.p0(ptr %5) #9
  br label %24

24:                                               ; preds = %20
  %25 = load ptr, ptr %6, align 8
  %26 = load i32, ptr %7, align 4
  %27 = insertvalue { ptr, i32 } poison, ptr %25, 0
  %28 = insertvalue { ptr, i32 } %27, i32 %26, 1
  resume { ptr, i32 } %28
}

; Function Attrs: inlinehint minsize mustprogress nounwind optsize uwtable
define linkonce_odr void @_ZN18exceptions_derivedC2Ev(ptr noundef nonnull align 8 dereferenceable(16) %0) unnamed_addr #6 comdat align 2 {
  %2 = alloca ptr, align 8
  store ptr %0, ptr %2, align 8, !tbaa !20
  %3 = load ptr, ptr %2, align 8
  call void @_ZN15exceptions_baseC2Ev(ptr noundef nonnull align 8 dereferenceable(8) %3) #11
  store ptr getelementptr inbounds inrange(-16, 24) ({ [5 x ptr] }, ptr @_ZTV18exceptions_derived, i32 0, i32 0, i32 2), ptr %3, align 8, !tbaa !18
  ret void
}

; Function Attrs: minsize mustprogress nounwind optsize uwtable
define linkonce_odr noundef i32 @_ZN18exceptions_derived4workEi(ptr noundef nonnull align 8 dereferenceable(16) %0, i32 noundef %1) unnamed_addr #3 comdat align 2 {
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !20
  store i32 %1, ptr %4, align 4, !tbaa !4
  %5 = load ptr, ptr %3, align 8
  %6 = load i32, ptr %4, align 4, !tbaa !4
  %7 = getelementptr inbounds nuw %struct.exceptions_derived, ptr %5, i32 0, i32 1
  %8 = load i32, ptr %7, align 8, !tbaa !15
  %9 = mul nsw i32 %6, %8
  ret i32 %9
}

; Function Attrs: minsize nounwind optsize
declare void @_ZN15exceptions_baseD2Ev(ptr noundef nonnull align 8 dereferenceable(8)) unnamed_addr #7

; Function Attrs: inlinehint minsize mustprogress nounwind optsize uwtable
define linkonce_odr void @_ZN15exceptions_baseC2Ev(ptr noundef nonnull align 8 dereferenceable(8) %0) unnamed_addr #6 comdat align 2 {
  %2 = alloca ptr, align 8
  store ptr %0, ptr %2, align 8, !tbaa !13
  %3 = load ptr, ptr %2, align 8
  store ptr getelementptr inbounds inrange(-16, 24) ({ [5 x ptr] }, ptr @_ZTV15exceptions_base, i32 0, i32 0, i32 2), ptr %3, align 8, !tbaa !18
  ret void
}

; Function Attrs: inlinehint minsize mustprogress nounwind optsize uwtable
define linkonce_odr void @_ZN18exceptions_derivedD0Ev(ptr noundef nonnull align 8 dereferenceable(16) %0) unnamed_addr #6 comdat align 2 {
  %2 = alloca ptr, align 8
  store ptr %0, ptr %2, align 8, !tbaa !20
  %3 = load ptr, ptr %2, align 8
  call void @_ZN15exceptions_baseD2Ev(ptr noundef nonnull align 8 dereferenceable(16) %3) #11
  call void @_ZdlPvm(ptr noundef %3, i64 noundef 16) #14
  ret void
}

; Function Attrs: minsize nounwind optsize
declare void @_ZN15exceptions_baseD1Ev(ptr noundef nonnull align 8 dereferenceable(8)) unnamed_addr #7

; Function Attrs: minsize nounwind optsize
declare void @_ZN15exceptions_baseD0Ev(ptr noundef nonnull align 8 dereferenceable(8)) unnamed_addr #7

declare void @__cxa_pure_virtual() unnamed_addr

; Function Attrs: minsize nobuiltin nounwind optsize
declare void @_ZdlPvm(ptr noundef, i64 noundef) #8

attributes #0 = { minsize mustprogress optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #2 = { minsize optsize "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #3 = { minsize mustprogress nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #4 = { nounwind memory(none) }
attributes #5 = { minsize noinline noreturn nounwind optsize uwtable "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #6 = { inlinehint minsize mustprogress nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #7 = { minsize nounwind optsize "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #8 = { minsize nobuiltin nounwind optsize "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #9 = { nounwind }
attributes #10 = { minsize optsize }
attributes #11 = { minsize nounwind optsize }
attributes #12 = { noreturn nounwind }
attributes #13 = { noreturn }
attributes #14 = { builtin minsize nounwind optsize }

!llvm.module.flags = !{!0, !1, !2}
!llvm.errno.tbaa = !{!4}

!0 = !{i32 1, !"wchar_size", i32 4}
!1 = !{i32 8, !"PIC Level", i32 2}
!2 = !{i32 7, !"uwtable", i32 2}
!3 = !{!"Debian clang version 22.1.8 (1~deb12u1)"}
!4 = !{!5, !5, i64 0}
!5 = !{!"int", !6, i64 0}
!6 = !{!"omnipotent char", !7, i64 0}
!7 = !{!"Simple C++ TBAA"}
!8 = !{!9, !5, i64 0}
!9 = !{!"_ZTS16exceptions_guard", !5, i64 0}
!10 = !{!11, !11, i64 0}
!11 = !{!"p1 _ZTS16exceptions_guard", !12, i64 0}
!12 = !{!"any pointer", !6, i64 0}
!13 = !{!14, !14, i64 0}
!14 = !{!"p1 _ZTS15exceptions_base", !12, i64 0}
!15 = !{!16, !5, i64 8}
!16 = !{!"_ZTS18exceptions_derived", !17, i64 0, !5, i64 8}
!17 = !{!"_ZTS15exceptions_base"}
!18 = !{!19, !19, i64 0}
!19 = !{!"vtable pointer", !7, i64 0}
!20 = !{!21, !21, i64 0}
!21 = !{!"p1 _ZTS18exceptions_derived", !12, i64 0}
