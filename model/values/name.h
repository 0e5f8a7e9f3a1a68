// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QString>
#include <QStringView>

#include <compare>

namespace interlock {

/// A checked piece of text that names something: equality, order and hash are those of the text.
/// \tparam Rules  a type with `static Expected<QString> check(QStringView)`, which returns the canonical text
template <typename Rules>
class Name
{
public:
    /// \returns Invalid, with a sentence that says which rule was broken
    [[nodiscard]] static Expected<Name> parse(QStringView text)
    {
        return Rules::check(text).map([](QString canonical) { return Name(std::move(canonical)); });
    }

    [[nodiscard]] const QString &toString() const { return m_text; }

    friend bool operator==(const Name &, const Name &) = default;
    friend std::strong_ordering operator<=>(const Name &a, const Name &b)
    {
        return QString::compare(a.m_text, b.m_text) <=> 0;
    }
    friend size_t qHash(const Name &name, size_t seed = 0) { return qHash(name.m_text, seed); }

private:
    explicit Name(QString text) : m_text(std::move(text)) {}

    QString m_text;
};

struct CommonNameRules
{
    static Expected<QString> check(QStringView text);
};
struct InstanceNameRules
{
    static Expected<QString> check(QStringView text);
};
struct ControllerNameRules
{
    static Expected<QString> check(QStringView text);
};
struct NetworkNameRules
{
    static Expected<QString> check(QStringView text);
};
struct NodeIdRules
{
    static Expected<QString> check(QStringView text);
};
struct NetworkIdRules
{
    static Expected<QString> check(QStringView text);
};

/// The common name of a certificate, as OpenVPN reports it: 1 to 64 characters, no control characters, no leading or
/// trailing blank. Everything else is allowed, because attackers choose it: quotes, slashes, `$()`, commas.
/// It must never reach a line of a protocol or a file name unescaped.
/// \source openvpn/FACTS.md 56-63
using CommonName = Name<CommonNameRules>;

/// The operator's name of an OpenVPN instance: 1 to 32 of `A-Z a-z 0-9 . _ -`, beginning with a letter or digit.
/// It is a part of session names (`instance/generation/cid`) and of unit names.
using InstanceName = Name<InstanceNameRules>;

/// The operator's names of a ZeroTier controller and of a network on it: as those of instances.
using ControllerName = Name<ControllerNameRules>;
using NetworkName = Name<NetworkNameRules>;

/// ZeroTier node id: ten hexadecimal digits, lower case, neither all zero nor beginning with ff (reserved).
/// \source CASES.md D11
using NodeId = Name<NodeIdRules>;

/// ZeroTier network id: sixteen hexadecimal digits, lower case, not zero. Its first ten are the controller's node id.
using NetworkId = Name<NetworkIdRules>;

} // namespace interlock
