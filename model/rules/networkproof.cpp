// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/networkproof.h"

#include <QHash>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// An entry of a list: equal keys mean the same, whatever the spelling. Those of one kin are compared with each other,
/// as a route with the one that lost its gateway.
struct Listed
{
    QString key;
    QString kin;
    QString words;
};

/// What is no value of its kind is compared as it is spelt, and never equals one that is.
QString unreadable(const QString &first, const QString &second = {})
{
    return u'?' + first + u'\n' + second;
}

Listed entryOf(const RouteText &text)
{
    const auto target = RouteText{text.target, {}}.route();
    const auto route = text.route();
    return {route ? route->toString() : unreadable(text.target, text.via),
            target ? target->toString() : unreadable(text.target), text.toString()};
}

Listed entryOf(const PoolText &text)
{
    const auto pool = text.pool();
    const QString key = pool ? pool->toString() : unreadable(text.first, text.last);
    return {key, key, text.toString()};
}

Listed entryOf(const Address &address)
{
    const QString text = address.toString();
    return {text, text, text};
}

Listed entryOf(const QString &text)
{
    const auto address = Address::parse(text);
    const QString key = address ? address->toString() : unreadable(text);
    return {key, key, text};
}

template <typename T>
std::vector<Listed> entriesOf(const std::vector<T> &list)
{
    std::vector<Listed> entries;
    entries.reserve(list.size());
    for (const T &each : list)
        entries.push_back(entryOf(each));
    return entries;
}

template <typename A, typename B>
bool isSameList(const std::vector<A> &a, const std::vector<B> &b)
{
    return std::ranges::equal(
        a, b, {}, [](const A &each) { return entryOf(each).key; }, [](const B &each) { return entryOf(each).key; });
}

/// Says at which places of a list the entries of a kin are.
class Places
{
public:
    explicit Places(const std::vector<Listed> &list)
    {
        for (std::size_t at = 0; at < list.size(); ++at)
            m_places[list[at].kin].push_back(at);
    }
    /// The first place from `from` on.
    [[nodiscard]] std::optional<std::size_t> next(const QString &kin, std::size_t from) const
    {
        const auto found = m_places.constFind(kin);
        if (found == m_places.constEnd())
            return std::nullopt;
        const auto at = std::lower_bound(found->begin(), found->end(), from);
        return at == found->end() ? std::nullopt : std::optional(*at);
    }

private:
    QHash<QString, std::vector<std::size_t>> m_places;
};

/// Goes through two lists side by side. Where they part, it goes on at the nearest kin that both have.
class ListComparison
{
public:
    ListComparison(QString field, std::vector<Listed> asked, std::vector<Listed> got,
                   std::vector<FieldDifference> &differences)
        : m_field(std::move(field)), m_asked(std::move(asked)), m_got(std::move(got)), m_differences(differences)
    {
    }

    void run()
    {
        const Places inAsked(m_asked);
        const Places inGot(m_got);
        while (m_i < m_asked.size() && m_j < m_got.size()) {
            const Listed &asked = m_asked[m_i];
            const Listed &got = m_got[m_j];
            const bool isKin = asked.kin == got.kin;
            const auto laterGot = isKin ? std::nullopt : inGot.next(asked.kin, m_j);
            const auto laterAsked = isKin ? std::nullopt : inAsked.next(got.kin, m_i);
            if (laterGot && (!laterAsked || *laterGot - m_j < *laterAsked - m_i)) {
                skipGot(*laterGot);
            } else if (laterAsked) {
                skipAsked(*laterAsked);
            } else {
                if (asked.key != got.key)
                    tell(m_i, asked.words, got.words);
                ++m_i;
                ++m_j;
            }
        }
        skipAsked(m_asked.size());
        skipGot(m_got.size());
    }

private:
    void tell(std::size_t at, const QString &asked, const QString &got)
    {
        m_differences.push_back({u"%1[%2]"_s.arg(m_field).arg(at), asked, got});
    }
    void skipAsked(std::size_t end)
    {
        for (; m_i < end; ++m_i)
            tell(m_i, m_asked[m_i].words, u"nothing"_s);
    }
    void skipGot(std::size_t end)
    {
        for (; m_j < end; ++m_j)
            tell(m_j, u"nothing"_s, m_got[m_j].words);
    }

    QString m_field;
    std::vector<Listed> m_asked;
    std::vector<Listed> m_got;
    std::vector<FieldDifference> &m_differences;
    std::size_t m_i = 0;
    std::size_t m_j = 0;
};

QString wordsOf(bool value)
{
    return value ? u"true"_s : u"false"_s;
}
QString wordsOf(const QString &value)
{
    return u'"' + value + u'"';
}
QString wordsOf(quint64 value)
{
    return QString::number(value);
}
QString wordsOf(qint64 value)
{
    return QString::number(value);
}

/// Collects differences of fields.
class Comparison
{
public:
    template <typename T>
    void value(const QString &field, const std::optional<T> &asked, const T &got)
    {
        if (asked && *asked != got)
            m_differences.push_back({field, wordsOf(*asked), wordsOf(got)});
    }
    template <typename A, typename B>
    void list(const QString &field, const std::optional<std::vector<A>> &asked, const std::vector<B> &got)
    {
        if (asked && !isSameList(*asked, got))
            ListComparison(field, entriesOf(*asked), entriesOf(got), m_differences).run();
    }
    std::vector<FieldDifference> take() { return std::move(m_differences); }

private:
    std::vector<FieldDifference> m_differences;
};

bool isSameDns(const DnsSetting &a, const DnsSetting &b)
{
    return a.domain == b.domain && isSameList(a.servers, b.servers);
}

} // namespace

QString FieldDifference::toString() const
{
    return u"%1: asked for %2, got %3"_s.arg(field, asked, got);
}

std::vector<FieldDifference> differences(const NetworkEdit &asked, const NetworkRecord &got)
{
    Comparison comparison;
    comparison.value(u"name"_s, asked.name, got.name);
    comparison.value(u"private"_s, asked.isPrivate, got.isPrivate);
    comparison.value(u"enableBroadcast"_s, asked.hasBroadcast, got.hasBroadcast);
    comparison.list(u"routes"_s, asked.routes, got.routes);
    comparison.list(u"ipAssignmentPools"_s, asked.pools, got.pools);
    comparison.value(u"v4AssignMode.zt"_s, asked.isAutoAssign4, got.isAutoAssign4);
    if (const auto &mode = asked.assign6) {
        comparison.value(u"v6AssignMode.zt"_s, std::optional(mode->isPool), got.assign6.isPool);
        comparison.value(u"v6AssignMode.rfc4193"_s, std::optional(mode->isRfc4193), got.assign6.isRfc4193);
        comparison.value(u"v6AssignMode.6plane"_s, std::optional(mode->isSixPlane), got.assign6.isSixPlane);
    }
    comparison.value(u"multicastLimit"_s, asked.multicastLimit, got.multicastLimit);
    comparison.value(u"mtu"_s, asked.mtu, got.mtu);
    if (const auto &dns = asked.dns) {
        comparison.value(u"dns.domain"_s, std::optional(dns->domain), got.dns.domain);
        comparison.list(u"dns.servers"_s, std::optional(dns->servers), got.dns.servers);
    }
    return comparison.take();
}

std::vector<FieldDifference> differences(const MemberEdit &asked, const MemberRecord &got)
{
    Comparison comparison;
    comparison.value(u"name"_s, asked.name, got.name);
    comparison.value(u"authorized"_s, asked.isAuthorized, got.isAuthorized);
    comparison.value(u"noAutoAssignIps"_s, asked.hasNoAutoAssign, got.hasNoAutoAssign);
    comparison.list(u"ipAssignments"_s, asked.addresses, got.addresses);
    return comparison.take();
}

bool hasChanged(const NetworkRecord &before, const NetworkRecord &now)
{
    return before.id != now.id || before.creationTime != now.creationTime || before.revision != now.revision ||
           before.name != now.name || before.isPrivate != now.isPrivate || before.hasBroadcast != now.hasBroadcast ||
           before.isAutoAssign4 != now.isAutoAssign4 || before.assign6 != now.assign6 ||
           before.multicastLimit != now.multicastLimit || before.mtu != now.mtu || !isSameDns(before.dns, now.dns) ||
           !isSameList(before.routes, now.routes) || !isSameList(before.pools, now.pools);
}

bool hasChanged(const MemberRecord &before, const MemberRecord &now)
{
    return before.node != now.node || before.revision != now.revision || before.name != now.name ||
           before.isAuthorized != now.isAuthorized || before.isBridge != now.isBridge ||
           before.hasNoAutoAssign != now.hasNoAutoAssign || !isSameList(before.addresses, now.addresses);
}

namespace {

template <typename T>
void dropEqual(std::optional<T> &field, const T &has)
{
    if (field && *field == has)
        field.reset();
}

template <typename A, typename B>
void dropEqualList(std::optional<std::vector<A>> &field, const std::vector<B> &has)
{
    if (field && isSameList(*field, has))
        field.reset();
}

} // namespace

NetworkEdit canonicalEdit(const NetworkEdit &edit, const NetworkRecord &record)
{
    NetworkEdit rest = edit;
    dropEqual(rest.name, record.name);
    dropEqual(rest.isPrivate, record.isPrivate);
    dropEqual(rest.hasBroadcast, record.hasBroadcast);
    dropEqualList(rest.routes, record.routes);
    dropEqualList(rest.pools, record.pools);
    dropEqual(rest.isAutoAssign4, record.isAutoAssign4);
    dropEqual(rest.assign6, record.assign6);
    dropEqual(rest.multicastLimit, record.multicastLimit);
    dropEqual(rest.mtu, record.mtu);
    if (rest.dns && isSameDns(*rest.dns, record.dns))
        rest.dns.reset();
    return rest;
}

MemberEdit canonicalEdit(const MemberEdit &edit, const MemberRecord &record)
{
    MemberEdit rest = edit;
    dropEqual(rest.name, record.name);
    dropEqual(rest.isAuthorized, record.isAuthorized);
    dropEqual(rest.hasNoAutoAssign, record.hasNoAutoAssign);
    dropEqualList(rest.addresses, record.addresses);
    return rest;
}

NetworkRecord applied(const NetworkEdit &edit, NetworkRecord record)
{
    record.name = edit.name.value_or(record.name);
    record.isPrivate = edit.isPrivate.value_or(record.isPrivate);
    record.hasBroadcast = edit.hasBroadcast.value_or(record.hasBroadcast);
    record.routes = edit.routes.value_or(record.routes);
    record.pools = edit.pools.value_or(record.pools);
    record.isAutoAssign4 = edit.isAutoAssign4.value_or(record.isAutoAssign4);
    record.assign6 = edit.assign6.value_or(record.assign6);
    record.multicastLimit = edit.multicastLimit.value_or(record.multicastLimit);
    record.mtu = edit.mtu.value_or(record.mtu);
    record.dns = edit.dns.value_or(record.dns);
    return record;
}

MemberRecord applied(const MemberEdit &edit, MemberRecord record)
{
    record.name = edit.name.value_or(record.name);
    record.isAuthorized = edit.isAuthorized.value_or(record.isAuthorized);
    record.hasNoAutoAssign = edit.hasNoAutoAssign.value_or(record.hasNoAutoAssign);
    if (edit.addresses) {
        record.addresses.clear();
        for (const Address &address : *edit.addresses)
            record.addresses.push_back(address.toString());
    }
    return record;
}

} // namespace interlock
