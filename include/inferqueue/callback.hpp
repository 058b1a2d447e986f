// Turns any callable into the queue's callback.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include <inferqueue/request.hpp>
#include <inferqueue/user_data.hpp>

namespace inferqueue {

/// A callback with the type of user data it takes. Made from
///   - f(Request&): any user data will do;
///   - f(Request&, UserData&), also with auto&: it looks into the user data itself;
///   - f(Request&, T&) or f(Request&, T): the user data must be a T, which is checked at submission.
/// The callable is kept by value and need not be copyable; what it throws is its request's error.
/// Thread rules: a value; copies share the callable. It is called on the callback threads; where there are none, on the
/// thread on which the runtime reports completion or, with in_order, on the one that has delivered the outcome before.
/// Several threads may call it at the same time.
class Callback {
 public:
  Callback() = default;
  Callback(std::nullptr_t) {}

  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, Callback> && !std::same_as<std::remove_cvref_t<F>, std::nullptr_t>)
  Callback(F&& f) {
    using Callable = std::decay_t<F>;
    auto shared = std::make_shared<Callable>(std::forward<F>(f));
    if constexpr (CanBeNull<Callable>)
      if (*shared == nullptr) return;  // no callback
    if constexpr (HasSecondParameter<Callable>) {
      using T = std::remove_cvref_t<typename Signature<CallOperator<Callable>>::Second>;
      if constexpr (std::same_as<T, UserData>) {
        function_ = [shared](Request& request, UserData& user) { std::invoke(*shared, request, user); };
      } else {
        type_ = &typeid(T);
        function_ = [shared](Request& request, UserData& user) { call_with(*shared, request, user.as<T>()); };
      }
    } else if constexpr (std::invocable<Callable&, Request&>) {
      function_ = [shared](Request& request, UserData&) { std::invoke(*shared, request); };
    } else {
      static_assert(std::invocable<Callable&, Request&, UserData&>,
                    "a callback is f(Request&), f(Request&, UserData&) or f(Request&, T&)");
      function_ = [shared](Request& request, UserData& user) { std::invoke(*shared, request, user); };
    }
  }

  explicit operator bool() const noexcept { return function_ != nullptr; }
  void operator()(Request& request, UserData& user) const { function_(request, user); }
  /// Throws Error(user_data_mismatch) if the callback can't take this user data.
  void check(const UserData& user) const {
    if (type_ != nullptr && user.type() != *type_) UserData::throw_mismatch(*type_, user.type());
  }

 private:
  template <class>
  struct IsFunction : std::false_type {};
  template <class S>
  struct IsFunction<std::function<S>> : std::true_type {};
  template <class F>
  static constexpr bool CanBeNull = std::is_pointer_v<F> || std::is_member_pointer_v<F> || IsFunction<F>::value;

  template <class>
  struct Signature {};
  template <class R, class First, class SecondParameter>
  struct Signature<R(First, SecondParameter)> {
    using Second = SecondParameter;
  };

  template <class R, class... A>
  static auto plain(R (*)(A...)) -> R (*)(A...);
  template <class R, class... A>
  static auto plain(R (*)(A...) noexcept) -> R (*)(A...);
  template <class C, class R, class... A>
  static auto plain(R (C::*)(A...)) -> R (*)(A...);
  template <class C, class R, class... A>
  static auto plain(R (C::*)(A...) const) -> R (*)(A...);
  template <class C, class R, class... A>
  static auto plain(R (C::*)(A...) noexcept) -> R (*)(A...);
  template <class C, class R, class... A>
  static auto plain(R (C::*)(A...) const noexcept) -> R (*)(A...);

  template <class F>
  struct CallOperatorOf {};
  template <class F>
    requires std::is_pointer_v<F>
  struct CallOperatorOf<F> {
    using type = std::remove_pointer_t<decltype(plain(std::declval<F>()))>;
  };
  template <class F>
    requires requires { &F::operator(); }
  struct CallOperatorOf<F> {
    using type = std::remove_pointer_t<decltype(plain(&F::operator()))>;
  };
  template <class F>
  using CallOperator = typename CallOperatorOf<F>::type;

  template <class F>
  static constexpr bool HasSecondParameter = requires { typename Signature<CallOperator<F>>::Second; };

  template <class F, class T>
  static void call_with(F& f, Request& request, T& value) {
    if constexpr (std::invocable<F&, Request&, T&>)
      std::invoke(f, request, value);
    else
      std::invoke(f, request, std::move(value));
  }

  std::function<void(Request&, UserData&)> function_;
  const std::type_info* type_ = nullptr;
};

/// What hears of requests whose outcome isn't a value: that failed, in the inference or in their callback, or were
/// cancelled, have expired or were dropped. Request::outcome() says which. If it throws, its own error goes to
/// wait_all(), and the original doesn't: only Request::error() still has that.
/// Thread rules: as Callback; where there are no callback threads, also called on the thread that brings the outcome
/// about: the one that cancels, submits, gives back a slot or closes, or the one that watches the expiries.
using ErrorCallback = std::function<void(Request&, std::exception_ptr)>;

}  // namespace inferqueue
