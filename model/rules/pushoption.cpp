// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/pushoption.h"

#include "model/rules/hostname.h"
#include "model/values/address.h"
#include "model/values/prefix.h"

#include <array>
#include <limits>
#include <optional>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Canonical value and the arguments as OpenVPN spells them.
struct Spelling
{
    QString value;
    QString arguments;
};

QString printable(QStringView text)
{
    QString shown;
    for (const QChar c : text.left(80))
        shown += c.isPrint() ? c : QChar(u'?');
    return shown;
}

tl::unexpected<Error> refused(OptionType type, QStringView value, const QString &why)
{
    return fail(ErrorKind::Invalid, u"'%1' is not a value of %2: %3"_s.arg(printable(value), enumText(type), why),
                {{u"option"_s, enumText(type)}, {u"value"_s, printable(value)}});
}

/// A decimal number without sign, blanks or leading zeros.
std::optional<int> readNumber(QStringView text, int least, int greatest)
{
    if (text.isEmpty() || text.size() > 10 || (text.size() > 1 && text.front() == u'0'))
        return std::nullopt;
    qint64 number = 0;
    for (const QChar c : text) {
        if (c < u'0' || c > u'9')
            return std::nullopt;
        number = number * 10 + (c.unicode() - u'0');
    }
    if (number < least || number > greatest)
        return std::nullopt;
    return static_cast<int>(number);
}

QStringList optionWords(QStringView text)
{
    return text.toString().split(u' ', Qt::SkipEmptyParts);
}

/// Takes the prefix off the front of `words`: one word in CIDR form, or an address and its mask, or a bare address.
Expected<Prefix> takePrefix(QStringList &words)
{
    QString text = words.takeFirst();
    if (!text.contains(u'/') && !words.isEmpty()) {
        const auto second = Address::parse(words.front());
        if (second && second->isIPv4() && !text.contains(u':'))
            text += u' ' + words.takeFirst();
    }
    return Prefix::parse(text);
}

Expected<QString> gatewayOf(OptionType type, QStringView value, const QString &word)
{
    const bool isIPv4Route = type == OptionType::Route;
    if (isIPv4Route && (word == u"vpn_gateway" || word == u"net_gateway"))
        return word;
    const auto address = Address::parse(word);
    if (!address || address->isIPv4() != isIPv4Route)
        return refused(type, value, u"its gateway must be an address of the same family"_s);
    return address->toString();
}

Expected<Spelling> spellRoute(OptionType type, QStringView value)
{
    QStringList words = optionWords(value);
    if (words.isEmpty())
        return refused(type, value, u"a prefix is expected"_s);
    const auto prefix = takePrefix(words);
    if (!prefix)
        return fail(prefix.error());
    if (prefix->isIPv4() != (type == OptionType::Route))
        return refused(type, value, u"it is a prefix of the other address family"_s);
    if (words.size() > 2)
        return refused(type, value, u"only a gateway and a metric may follow the prefix"_s);
    QString tail;
    if (!words.isEmpty()) {
        constexpr int kGreatestMetric = std::numeric_limits<int>::max();
        const bool isMetricOnly = words.size() == 1 && readNumber(words[0], 0, kGreatestMetric);
        if (isMetricOnly && !prefix->isIPv4())
            return refused(type, value, u"a metric needs a gateway before it"_s);
        if (isMetricOnly)
            words.prepend(u"vpn_gateway"_s);
        const auto gateway = gatewayOf(type, value, words[0]);
        if (!gateway)
            return fail(gateway.error());
        tail = u' ' + *gateway;
        if (words.size() == 2) {
            const auto metric = readNumber(words[1], 0, kGreatestMetric);
            if (!metric)
                return refused(type, value, u"its metric is not a number"_s);
            tail += u' ' + QString::number(*metric);
        }
    }
    return Spelling{prefix->toString() + tail, prefix->toNetworkAndMask() + tail};
}

Expected<Spelling> spellDhcpOption(QStringView value)
{
    constexpr OptionType kType = OptionType::DhcpOption;
    const QStringList words = optionWords(value);
    const QString kind = words.value(0);
    if (kind == u"DISABLE-NBT" && words.size() == 1)
        return Spelling{kind, kind};
    if (words.size() != 2)
        return refused(kType, value, u"a kind and one argument are expected"_s);
    const QString &argument = words[1];
    // DNS6 is the spelling of OpenVPN 2.3 clients; the newer ones read both alike.
    if (kind == u"DNS" || kind == u"DNS6" || kind == u"WINS" || kind == u"NTP" || kind == u"NBDD") {
        const auto address = Address::parse(argument);
        if (!address)
            return refused(kType, value, address.error().detail);
        if (address->isIPv4() ? kind == u"DNS6" : !kind.startsWith(u"DNS"_s))
            return refused(kType, value, u"%1 takes an address of the other family"_s.arg(kind));
        const QString text = (kind == u"DNS6" ? u"DNS"_s : kind) + u' ' + address->toString();
        return Spelling{text, text};
    }
    if (kind == u"DOMAIN" || kind == u"DOMAIN-SEARCH" || kind == u"ADAPTER_DOMAIN_SUFFIX") {
        const auto name = HostName::parse(argument);
        if (!name)
            return refused(kType, value, name.error().detail);
        const QString text = kind + u' ' + name->toString();
        return Spelling{text, text};
    }
    return refused(kType, value, u"its kind is unknown"_s);
}

Expected<Spelling> spellRedirectGateway(QStringView value)
{
    static const std::array kFlags{u"def1"_s,       u"local"_s,       u"autolocal"_s, u"bypass-dhcp"_s,
                                   u"bypass-dns"_s, u"block-local"_s, u"ipv6"_s,      u"!ipv4"_s};
    QStringList words = optionWords(value);
    QStringList ordered;
    for (const QString &flag : kFlags) {
        if (words.removeAll(flag) > 0)
            ordered += flag;
    }
    if (!words.isEmpty())
        return refused(OptionType::RedirectGateway, value, u"'%1' is no flag of it"_s.arg(printable(words.front())));
    const QString text = ordered.join(u' ');
    return Spelling{text, text};
}

Expected<Spelling> spellSeconds(OptionType type, QStringView value)
{
    const int least = type == OptionType::Ping ? 1 : 0;
    const auto seconds = readNumber(value, least, 65535);
    if (!seconds)
        return refused(type, value, u"seconds from %1 to 65535 are expected"_s.arg(least));
    const QString text = QString::number(*seconds);
    return Spelling{text, text};
}

Expected<Spelling> spell(OptionType type, QStringView value)
{
    switch (type) {
    case OptionType::Route:
    case OptionType::RouteIpv6:
        return spellRoute(type, value);
    case OptionType::DhcpOption:
        return spellDhcpOption(value);
    case OptionType::RedirectGateway:
        return spellRedirectGateway(value);
    case OptionType::BlockOutsideDns:
        if (!value.isEmpty())
            return refused(type, value, u"it takes no value"_s);
        return Spelling{};
    case OptionType::Ping:
    case OptionType::PingRestart:
        return spellSeconds(type, value);
    }
    Q_UNREACHABLE();
}

} // namespace

bool isSingle(OptionType type)
{
    switch (type) {
    case OptionType::RedirectGateway:
    case OptionType::BlockOutsideDns:
    case OptionType::Ping:
    case OptionType::PingRestart:
        return true;
    case OptionType::Route:
    case OptionType::RouteIpv6:
    case OptionType::DhcpOption:
        return false;
    }
    Q_UNREACHABLE();
}

Expected<PushOption> PushOption::parse(OptionType type, QStringView value)
{
    return spell(type, value.trimmed()).and_then([type](const Spelling &spelling) -> Expected<PushOption> {
        const QString name = enumText(type);
        PushOption option(type, spelling.value, spelling.arguments.isEmpty() ? name : name + u' ' + spelling.arguments);
        // Longer lines are split by OpenVPN and their tail becomes another directive (FACTS.md 63).
        if (option.toLine().size() > 254)
            return fail(ErrorKind::Limit, u"the line of this %1 would be longer than 254 bytes"_s.arg(name));
        return option;
    });
}

Expected<PushOption> PushOption::fromDirective(const QStringList &words)
{
    const auto type = words.isEmpty() ? parseEnum<OptionType>(u"") : parseEnum<OptionType>(words.front());
    if (!type) {
        return fail(ErrorKind::Unsupported,
                    u"'%1' is not an option that can be pushed from rows"_s.arg(printable(words.value(0))));
    }
    const QString value = words.mid(1).join(u' ');
    if (*type == OptionType::Route && words.value(1).contains(u'/'))
        return refused(*type, value, u"OpenVPN reads a network and a mask here, not CIDR"_s);
    return parse(*type, value);
}

QString PushOption::toLine() const
{
    return u"push \""_s + m_directive + u'"';
}

} // namespace interlock
