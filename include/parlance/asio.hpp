#pragma once
/// The two families that parlance's interfaces speak: Boost.Asio for the event loop, Boost.JSON for values.

#include <boost/asio/awaitable.hpp>
#include <boost/json/value.hpp>

namespace parlance {
namespace asio = boost::asio;
namespace json = boost::json;
} // namespace parlance
