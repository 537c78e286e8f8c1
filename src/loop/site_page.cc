// SPDX-License-Identifier: Apache-2.0
#include "loop/site_page.h"

#include <string>
#include <utility>

namespace skerry::loop {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// The skerry of the page's header.
constexpr std::string_view kIcon =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#0b5a8a" d="M3.6 15 9.4 5.4l3.5 5.3 2.2-2.8L20.4 15z"/></svg>)";

net::Route file(std::string path, std::string_view type, std::string_view content) {
  net::Route route;
  route.method = "GET";
  route.pattern = std::move(path);
  route.access = net::Access::kOpen;
  route.handler = [type, content](const net::Request&, net::Response& response) {
    response.headers.set("Content-Type", type);
    response.headers.set("Content-Security-Policy", kPolicy);
    response.headers.set("X-Content-Type-Options", "nosniff");
    response.headers.set("Referrer-Policy", "no-referrer");
    response.headers.set("Cache-Control", "no-cache");
    response.body = content;
  };
  return route;
}

}  // namespace

std::vector<net::Route> site_page_routes() {
  return {file("/", "text/html; charset=utf-8", site_page_html()),
          file("/site.css", "text/css; charset=utf-8", site_page_css()),
          file("/site.svg", "image/svg+xml", kIcon),
          file("/site.js", "text/javascript; charset=utf-8", site_page_js())};
}

}  // namespace skerry::loop
