#pragma once
/// Throw-away certificates, made anew for each test.

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace parlance {

/// PEM.
struct certified {
    std::string certificate, key;
};

/// Issues certificates.
class authority {
public:
    explicit authority(std::string name) : name_(std::move(name)), key_(new_key()) {
        own_ = signed_by_us(key_.get(), name_, {{NID_basic_constraints, "critical,CA:TRUE"}}, 3600);
    }

    std::string certificate() const { return pem_of(own_.get()); }
    /// `names` as OpenSSL spells them: "DNS:localhost,IP:127.0.0.1". Good until so many seconds from now.
    certified issue(std::string const& names, long seconds = 3600) const {
        auto const key = new_key();
        auto const made = signed_by_us(key.get(), "peer", {{NID_subject_alt_name, names}}, seconds);
        return {pem_of(made.get()), pem_of(key.get())};
    }

private:
    struct freed {
        void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
        void operator()(X509* p) const { X509_free(p); }
        void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
        void operator()(BIO* p) const { BIO_free(p); }
    };
    template <class T> using owned = std::unique_ptr<T, freed>;
    struct extension {
        int what;
        std::string value;
    };

    static owned<EVP_PKEY> new_key() { return owned<EVP_PKEY>(EVP_EC_gen("P-256")); }

    owned<X509> signed_by_us(EVP_PKEY* key, std::string const& name, std::vector<extension> const& extensions,
                             long seconds) const {
        owned<X509> made(X509_new());
        X509_set_version(made.get(), 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++last_serial_);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), -7200);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), seconds);
        X509_set_pubkey(made.get(), key);
        set_name(X509_get_subject_name(made.get()), name);
        set_name(X509_get_issuer_name(made.get()), name_);
        for (auto const& each : extensions) {
            owned<X509_EXTENSION> const more(X509V3_EXT_conf_nid(nullptr, nullptr, each.what, each.value.c_str()));
            if (!more || X509_add_ext(made.get(), more.get(), -1) != 1) throw std::runtime_error(each.value);
        }
        if (X509_sign(made.get(), key_.get(), EVP_sha256()) == 0) throw std::runtime_error("X509_sign");
        return made;
    }
    static void set_name(X509_NAME* into, std::string const& name) {
        X509_NAME_add_entry_by_txt(into, "CN", MBSTRING_UTF8, reinterpret_cast<unsigned char const*>(name.c_str()), -1,
                                   -1, 0);
    }
    static std::string text_in(BIO* written) {
        char* text = nullptr;
        auto const size = BIO_get_mem_data(written, &text);
        return {text, static_cast<std::size_t>(size)};
    }
    static std::string pem_of(X509* one) {
        owned<BIO> const out(BIO_new(BIO_s_mem()));
        PEM_write_bio_X509(out.get(), one);
        return text_in(out.get());
    }
    static std::string pem_of(EVP_PKEY* one) {
        owned<BIO> const out(BIO_new(BIO_s_mem()));
        PEM_write_bio_PrivateKey(out.get(), one, nullptr, nullptr, 0, nullptr, nullptr);
        return text_in(out.get());
    }

    std::string name_;
    owned<EVP_PKEY> key_;
    owned<X509> own_;
    mutable long last_serial_ = 0;
};

} // namespace parlance
