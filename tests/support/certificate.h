// SPDX-License-Identifier: Apache-2.0
//
// A self-signed certificate made on the spot, for tests of TLS.
// Threads: pure function.
#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

#include "base/check.h"

namespace skerry::test {

struct CertificateFiles {
  std::string certificate;
  std::string key;
};

// Writes `<folder>/<name>.crt` and `.key`. `names` is a subjectAltName,
// "IP:127.0.0.1,DNS:localhost".
inline CertificateFiles make_certificate(const std::string& folder, const std::string& name,
                                         const std::string& names) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
  SKERRY_CHECK(key != nullptr && certificate != nullptr);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  for (const auto& [nid, value] : {std::pair<int, const char*>{NID_subject_alt_name, names.c_str()},
                                   {NID_basic_constraints, "critical,CA:TRUE"}}) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
    SKERRY_CHECK(extension != nullptr);
    X509_add_ext(certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  SKERRY_CHECK(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  CertificateFiles files{folder + "/" + name + ".crt", folder + "/" + name + ".key"};
  std::FILE* file = std::fopen(files.certificate.c_str(), "w");
  SKERRY_CHECK(file != nullptr && PEM_write_X509(file, certificate.get()) == 1);
  std::fclose(file);
  file = std::fopen(files.key.c_str(), "w");
  SKERRY_CHECK(file != nullptr &&
               PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  std::fclose(file);
  return files;
}

}  // namespace skerry::test
