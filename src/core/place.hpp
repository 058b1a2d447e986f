// Lists that need no memory of their own, because what stands in them brings its links.
#pragma once

#include <cstddef>
#include <cstdint>

namespace inferqueue::core {

/// What can stand in a PlaceList: a record or somebody who waits. In at most one list at a time.
class Place {
 public:
  enum class Kind : std::uint8_t { record, waiter };

  explicit Place(Kind of) noexcept : kind(of) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  Place(Place&&) = delete;
  Place& operator=(Place&&) = delete;
  ~Place() = default;

  const Kind kind;

 private:
  friend class PlaceList;
  Place* previous_ = nullptr;
  Place* next_ = nullptr;
};

/// A list in order of coming. Doesn't own what stands in it. Thread rules: guarded by its owner.
class PlaceList {
 public:
  PlaceList() = default;
  PlaceList(const PlaceList&) = delete;
  PlaceList& operator=(const PlaceList&) = delete;
  PlaceList(PlaceList&&) = delete;
  PlaceList& operator=(PlaceList&&) = delete;
  ~PlaceList() = default;

  bool empty() const noexcept { return first_ == nullptr; }
  Place* first() const noexcept { return first_; }
  static Place* next(const Place& place) noexcept { return place.next_; }

  void push_back(Place& place) noexcept { insert_before(nullptr, place); }
  /// Where `before` is null, at the end.
  void insert_before(Place* before, Place& place) noexcept {
    place.next_ = before;
    place.previous_ = before != nullptr ? before->previous_ : last_;
    (place.previous_ != nullptr ? place.previous_->next_ : first_) = &place;
    (before != nullptr ? before->previous_ : last_) = &place;
  }
  void erase(Place& place) noexcept {
    (place.previous_ != nullptr ? place.previous_->next_ : first_) = place.next_;
    (place.next_ != nullptr ? place.next_->previous_ : last_) = place.previous_;
  }

 private:
  Place* first_ = nullptr;
  Place* last_ = nullptr;
};

}  // namespace inferqueue::core
