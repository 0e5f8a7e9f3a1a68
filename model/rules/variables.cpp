// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/variables.h"

#include <algorithm>
#include <array>
#include <map>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr qsizetype kMaxName = 63;
constexpr qsizetype kMaxKey = 32;
constexpr qsizetype kMaxValue = 65'536;

constexpr std::array kStems{u"ip_address",
                            u"server_ip_address",
                            u"server_ip_network",
                            u"vpn_subnet",
                            u"vpn_subnet_prefixlen",
                            u"vpn_subnet_netmask",
                            u"vpn_child_subnet",
                            u"vpn_child_prefixlen",
                            u"vpn_child_netmask",
                            u"vpn_has_child_subnet",
                            u"vpn_member_prefixlen",
                            u"network_id",
                            u"node_id",
                            u"vpn_name"};

bool isLower(QChar c)
{
    return c >= u'a' && c <= u'z';
}

bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

/// What of `text` may go to a terminal.
QString shown(QStringView text)
{
    QString printable;
    for (const QChar c : text.left(80))
        printable += c.isPrint() ? c : QChar(u'?');
    return printable;
}

bool isLineOrControl(QChar c)
{
    return c.category() == QChar::Other_Control || c == QChar::LineSeparator || c == QChar::ParagraphSeparator;
}

/// The longest of the routes sent that holds the address; the order does not count. \source zerotier/FACTS.md 29, 31
std::optional<Prefix> memberPrefix(const NetworkPlace &place)
{
    std::optional<Prefix> longest;
    const auto sent = std::span(place.routes).first(std::min(place.routes.size(), kMaxSentRoutes));
    for (const Route &route : sent) {
        if (route.target.contains(place.address) && (!longest || route.target.length() > longest->length()))
            longest = route.target;
    }
    return longest;
}

/// Writes down the variables of one network under their stems.
class PlaceReader
{
public:
    PlaceReader(const NetworkPlace &place, std::vector<NetworkVariableWarning> &warnings)
        : m_place(place), m_warnings(warnings)
    {
        Q_ASSERT(!place.child || (place.subnet.contains(*place.child) && place.child->contains(place.address)));
    }

    std::vector<Variable> read()
    {
        put(u"ip_address", m_place.address.toString());
        if (m_place.server) {
            put(u"server_ip_address", m_place.server->toString());
            put(u"server_ip_network", Prefix(*m_place.server, m_place.server->width()).toString());
        }
        readSubnets();
        readMember();
        put(u"network_id", m_place.networkId);
        put(u"node_id", m_place.nodeId);
        // Whoever administers the controller chooses the name: a line end in it would be a line of a configuration.
        if (!m_place.networkName.isValidUtf16() || std::ranges::any_of(m_place.networkName, isLineOrControl))
            warn(NetworkVariableWarning::Kind::UnprintableName,
                 u"the name '%1' has control characters and is not given to templates"_s.arg(
                     shown(m_place.networkName)));
        else
            put(u"vpn_name", m_place.networkName);
        return std::move(m_values);
    }

private:
    void readSubnets()
    {
        const Prefix child = m_place.child.value_or(m_place.subnet);
        put(u"vpn_subnet", m_place.subnet.toString());
        put(u"vpn_subnet_prefixlen", QString::number(m_place.subnet.length()));
        put(u"vpn_subnet_netmask", m_place.subnet.netmask());
        put(u"vpn_child_subnet", child.toString());
        put(u"vpn_child_prefixlen", QString::number(child.length()));
        put(u"vpn_child_netmask", child.netmask());
        put(u"vpn_has_child_subnet", m_place.child ? u"true"_s : u"false"_s);
        if (!m_place.subnet.contains(m_place.address))
            warn(NetworkVariableWarning::Kind::OutsideSubnet,
                 u"%1 is not in %2, the subnet of the network"_s.arg(m_place.address.toString(),
                                                                     m_place.subnet.toString()));
        else if (!m_place.child)
            warn(NetworkVariableWarning::Kind::NoChild,
                 u"no child subnet of %1 holds %2: vpn_child_subnet is %1 itself"_s.arg(m_place.subnet.toString(),
                                                                                        m_place.address.toString()));
    }

    void readMember()
    {
        const auto longest = memberPrefix(m_place);
        if (!longest)
            return warn(
                NetworkVariableWarning::Kind::NotRouted,
                u"none of the routes sent holds %1: the member gets no address"_s.arg(m_place.address.toString()));
        put(u"vpn_member_prefixlen", QString::number(longest->length()));
        const Prefix child = m_place.child.value_or(m_place.subnet);
        if (longest->length() != child.length())
            warn(NetworkVariableWarning::Kind::PrefixDiffers,
                 u"%1 lies in %2, but the member gets /%3 from the route %4"_s.arg(
                     m_place.address.toString(), child.toString(), QString::number(longest->length()),
                     longest->toString()));
    }

    void put(QStringView stem, QString value) { m_values.push_back({stem.toString(), std::move(value)}); }
    void warn(NetworkVariableWarning::Kind kind, QString detail)
    {
        m_warnings.push_back({kind, m_place.key, std::move(detail)});
    }

    const NetworkPlace &m_place;
    std::vector<NetworkVariableWarning> &m_warnings;
    std::vector<Variable> m_values;
};

} // namespace

std::vector<ResolvedVariable> resolveVariables(std::span<const VariableSource> sources)
{
    std::vector<const VariableSource *> ordered;
    ordered.reserve(sources.size());
    for (const VariableSource &source : sources)
        ordered.push_back(&source);
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const VariableSource *a, const VariableSource *b) { return a->scope < b->scope; });

    std::map<QString, ResolvedVariable> byName;
    for (const VariableSource *source : ordered) {
        for (const Variable &variable : source->values) {
            const auto [at, isNew] = byName.try_emplace(variable.name);
            ResolvedVariable &resolved = at->second;
            if (!isNew)
                resolved.overrode.push_back({resolved.origin, resolved.holder, resolved.value});
            resolved.name = variable.name;
            resolved.value = variable.value;
            resolved.origin = source->scope;
            resolved.holder = source->holder;
        }
    }
    std::vector<ResolvedVariable> all;
    all.reserve(byName.size());
    for (auto &[name, resolved] : byName) {
        std::ranges::reverse(resolved.overrode);
        resolved.hasClash = resolved.origin == VariableScope::Network &&
                            std::ranges::any_of(resolved.overrode, [](const OverriddenValue &each) {
                                return each.scope != VariableScope::Network;
                            });
        all.push_back(std::move(resolved));
    }
    return all;
}

Expected<QString> checkVariableName(QStringView text)
{
    const auto isAllowed = [](QChar c) { return isLower(c) || (c >= u'A' && c <= u'Z') || isDigit(c) || c == u'_'; };
    if (text.isEmpty() || text.size() > kMaxName || isDigit(text.front()) || !std::ranges::all_of(text, isAllowed))
        return fail(ErrorKind::Invalid,
                    u"'%1' is not the name of a variable: 1 to 63 letters, digits and underscores are expected, no "
                    "digit first"_s.arg(shown(text)),
                    {{u"text"_s, shown(text)}});
    return text.toString();
}

Expected<QString> checkVariableValue(QStringView text)
{
    if (text.size() > kMaxValue)
        return fail(ErrorKind::Limit, u"a value has %1 characters and may have 65536"_s.arg(text.size()));
    if (!text.isValidUtf16())
        return fail(ErrorKind::Invalid, u"a value is not valid Unicode"_s);
    const auto isRefused = [](QChar c) {
        return c.category() == QChar::Other_Control && c != u'\t' && c != u'\n' && c != u'\r';
    };
    if (std::ranges::any_of(text, isRefused))
        return fail(ErrorKind::Invalid, u"a value has a control character that is neither a tab nor a line end"_s);
    return text.toString();
}

Expected<QString> checkNetworkKey(QStringView text)
{
    const auto refused = [text](const QString &why) {
        return fail(ErrorKind::Invalid, u"'%1' cannot be the key of a network: %2"_s.arg(shown(text), why),
                    {{u"field"_s, u"key"_s}, {u"text"_s, shown(text)}});
    };
    const auto isAllowed = [](QChar c) { return isLower(c) || isDigit(c) || c == u'_'; };
    if (text.isEmpty() || text.size() > kMaxKey || !std::ranges::all_of(text, isAllowed))
        return refused(u"1 to 32 lower-case letters, digits and underscores are expected"_s);
    for (const QStringView word : {QStringView(u"prefixlen"), QStringView(u"netmask")}) {
        if (text == word || (text.startsWith(word) && text[word.size()] == u'_'))
            return refused(u"its variables would have the names of others, as vpn_subnet_%1"_s.arg(word));
    }
    return text.toString();
}

NetworkVariables networkVariables(std::span<const NetworkPlace> places)
{
    NetworkVariables result;
    for (const NetworkPlace &place : places) {
        for (Variable &variable : PlaceReader(place, result.warnings).read()) {
            result.values.push_back({variable.name + u'_' + place.key, variable.value});
            if (places.size() == 1)
                result.values.push_back(std::move(variable));
        }
    }
    return result;
}

bool isNetworkVariableName(QStringView name)
{
    return std::ranges::any_of(kStems, [name](QStringView stem) {
        return name == stem || (name.startsWith(stem) && name[stem.size()] == u'_');
    });
}

} // namespace interlock
