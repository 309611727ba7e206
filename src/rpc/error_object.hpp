#pragma once
/// From failures to the error objects of replies, and back.

#include <parlance/rpc_handler.hpp>

#include <exception>
#include <string>
#include <string_view>

namespace parlance {

/// What a handler threw, as the error object of its answer. `cancelled`: its request was.
std::string error_object_of(std::exception_ptr thrown, bool cancelled);
/// What a call that was answered with this error object throws; errc::bad_reply where it is none.
failure failure_of_error_object(std::string_view error, std::string input);

} // namespace parlance
