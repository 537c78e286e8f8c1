// SPDX-License-Identifier: Apache-2.0
//
// The site's own page for people: a form made from the model's signature, its answer with interval,
// and the state of the site. Works without the hub; no inline script or style, nothing from
// elsewhere. Threads: the routes answer with constants.
#pragma once

#include <string_view>
#include <vector>

#include "net/server.h"

namespace skerry::loop {

// The three files of the page.
std::string_view site_page_html();
std::string_view site_page_css();
std::string_view site_page_js();

// GET /, /site.css, /site.js and /site.svg. Open: what they show is asked from the API with a
// token.
std::vector<net::Route> site_page_routes();

}  // namespace skerry::loop
