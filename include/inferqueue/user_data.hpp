// One value of any type, given at submission and handed to the callback.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include <inferqueue/error.hpp>
#include <inferqueue/export.hpp>

namespace inferqueue {

/// Holds a value of any movable type, or nothing. Unlike std::any it takes types that can't be copied, and keeps
/// values of up to 32 bytes without an allocation. Thread rules: as an int; the queue hands it from the submitting
/// thread to the callback's.
class UserData {
 public:
  UserData() noexcept {}  // NOLINT(modernize-use-equals-default): a const one may stay uninitialized inside

  /// Throws what the value's own constructor throws, and std::bad_alloc for one that isn't kept inside.
  template <class T>
    requires(!std::same_as<std::remove_cvref_t<T>, UserData> && std::move_constructible<std::decay_t<T>>)
  UserData(T&& value) {  // implicit, so that a submission takes any value
    using Value = std::decay_t<T>;
    if constexpr (fits_inline<Value>)
      ::new (static_cast<void*>(storage_)) Value(std::forward<T>(value));
    else
      ::new (static_cast<void*>(storage_)) Value*(new Value(std::forward<T>(value)));
    operations_ = &operations_of<Value>;
  }

  UserData(UserData&& other) noexcept { take(other); }
  UserData& operator=(UserData&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  UserData(const UserData&) = delete;
  UserData& operator=(const UserData&) = delete;
  ~UserData() { reset(); }

  bool has_value() const noexcept { return operations_ != nullptr; }
  /// The type of the value; void where there is none.
  const std::type_info& type() const noexcept { return operations_ != nullptr ? *operations_->type : typeid(void); }

  /// The value if it is a T, else nullptr.
  template <class T>
  T* get_if() noexcept {
    return const_cast<T*>(std::as_const(*this).template get_if<T>());
  }
  template <class T>
  const T* get_if() const noexcept {
    if (operations_ == nullptr || *operations_->type != typeid(T)) return nullptr;
    return static_cast<const T*>(operations_->address(storage_));
  }

  /// The value. Throws Error(user_data_mismatch) if it isn't a T.
  template <class T>
  T& as() {
    return const_cast<T&>(std::as_const(*this).template as<T>());
  }
  template <class T>
  const T& as() const {
    if (const T* value = get_if<T>()) return *value;
    throw_mismatch(typeid(T), type());
  }

  void reset() noexcept {
    if (operations_ != nullptr) std::exchange(operations_, nullptr)->destroy(storage_);
  }

  /// Throws the Error that says which type was wanted and which was there.
  [[noreturn]] INFERQUEUE_API static void throw_mismatch(const std::type_info& wanted, const std::type_info& given);

 private:
  static constexpr std::size_t capacity = 32;

  struct Operations {
    const std::type_info* type;
    const void* (*address)(const std::byte* storage) noexcept;
    void (*relocate)(std::byte* from, std::byte* to) noexcept;  // leaves nothing alive at `from`
    void (*destroy)(std::byte* storage) noexcept;
  };

  template <class T>
  static constexpr bool fits_inline =
      sizeof(T) <= capacity && alignof(T) <= alignof(std::max_align_t) && std::is_nothrow_move_constructible_v<T>;

  template <class T>
  static T* value_at(std::byte* storage) noexcept {
    if constexpr (fits_inline<T>)
      return std::launder(reinterpret_cast<T*>(storage));
    else
      return *std::launder(reinterpret_cast<T**>(storage));
  }

  template <class T>
  static constexpr Operations operations_of{
      &typeid(T),
      [](const std::byte* storage) noexcept -> const void* { return value_at<T>(const_cast<std::byte*>(storage)); },
      [](std::byte* from, std::byte* to) noexcept {
        if constexpr (fits_inline<T>) {
          ::new (static_cast<void*>(to)) T(std::move(*value_at<T>(from)));
          value_at<T>(from)->~T();
        } else {
          ::new (static_cast<void*>(to)) T*(value_at<T>(from));
        }
      },
      [](std::byte* storage) noexcept {
        if constexpr (fits_inline<T>)
          value_at<T>(storage)->~T();
        else
          delete value_at<T>(storage);
      }};

  void take(UserData& other) noexcept {
    if (other.operations_ == nullptr) return;
    other.operations_->relocate(other.storage_, storage_);
    operations_ = std::exchange(other.operations_, nullptr);
  }

  const Operations* operations_ = nullptr;
  alignas(std::max_align_t) std::byte storage_[capacity];  // NOLINT(modernize-avoid-c-arrays): raw memory
};

}  // namespace inferqueue
