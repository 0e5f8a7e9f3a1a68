// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/search.h"

#include <algorithm>
#include <array>
#include <compare>
#include <optional>
#include <tuple>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// What orders hits: the kind of match, then how near it is (prefix lengths).
struct Rank
{
    SearchMatch match = SearchMatch::Text;
    int distance = 0;

    friend auto operator<=>(const Rank &, const Rank &) = default;
};

/// A piece of a prefix, such as "192.168." or "fd00:": anything else is not worth printing every prefix for.
bool hasLettersOfAddress(QStringView text)
{
    return std::ranges::all_of(text, [](QChar c) {
        return c == u'.' || c == u':' || c == u'/' || (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') ||
               (c >= u'A' && c <= u'F');
    });
}

constexpr int kOfItsTenant = 2;

/// Collects the best match of one row's fields.
class Matcher
{
public:
    explicit Matcher(const SearchQuestion &question) : m_question(question) {}

    void offerText(const QString &text, const char16_t *field)
    {
        const qsizetype at = text.indexOf(m_question.text(), 0, Qt::CaseInsensitive);
        if (at < 0)
            return;
        const bool isWhole = text.size() == m_question.text().size();
        const bool isExact = text == m_question.text();
        offer({isWhole   ? SearchMatch::Exact
               : at == 0 ? SearchMatch::TextStart
                         : SearchMatch::Text,
               isExact ? 0 : 1},
              field);
    }

    void offerPrefix(const Prefix &prefix, const char16_t *field)
    {
        if (m_question.prefix()) {
            const Prefix &asked = *m_question.prefix();
            const int apart = std::abs(prefix.length() - asked.length());
            if (prefix == asked)
                offer({SearchMatch::Exact, 0}, field);
            else if (prefix.contains(asked))
                offer({SearchMatch::Contains, apart}, field);
            else if (asked.contains(prefix))
                offer({SearchMatch::Inside, apart}, field);
        } else if (m_question.isPieceOfAddress()) {
            offerText(prefix.toString(), field);
        }
    }

    void offerAddress(Address address, const char16_t *field) { offerPrefix(Prefix::host(address), field); }

    /// Each of tags that are joined by `;`.
    void offerTags(const QString &tags)
    {
        for (const QString &tag : tags.split(u';', Qt::SkipEmptyParts))
            offerText(tag, u"tags");
    }

    /// Whose it is: that comes behind everything that the row says of itself.
    void offerTenant(const QString &tenant)
    {
        if (tenant.contains(m_question.text(), Qt::CaseInsensitive))
            offer({SearchMatch::Text, kOfItsTenant}, u"tenant");
    }

    [[nodiscard]] const std::optional<Rank> &rank() const { return m_rank; }
    [[nodiscard]] const char16_t *field() const { return m_field; }

private:
    void offer(Rank rank, const char16_t *field)
    {
        if (!m_rank || rank < *m_rank) {
            m_rank = rank;
            m_field = field;
        }
    }

    const SearchQuestion &m_question;
    std::optional<Rank> m_rank;
    const char16_t *m_field = u"";
};

void describe(const ConnectorRow &row, Matcher &matcher)
{
    matcher.offerText(row.cn.toString(), u"cn");
    matcher.offerText(row.group, u"group");
    matcher.offerText(row.description, u"description");
}
void describe(const IrouteRow &row, Matcher &matcher)
{
    matcher.offerPrefix(row.prefix, u"prefix");
}
void describe(const ClaimRow &row, Matcher &matcher)
{
    matcher.offerPrefix(row.real, u"real");
    matcher.offerPrefix(row.virtualPrefix, u"virtual");
}
void describe(const AllocationRow &row, Matcher &matcher)
{
    matcher.offerAddress(row.address, u"address");
}
void describe(const InstanceRow &row, Matcher &matcher)
{
    matcher.offerText(row.name.toString(), u"instance");
    matcher.offerPrefix(row.network, u"network");
    matcher.offerPrefix(row.standinRange, u"standinRange");
    matcher.offerAddress(row.serverAddress, u"serverAddress");
    matcher.offerText(row.management, u"management");
}
void describe(const ExclusionRow &row, Matcher &matcher)
{
    matcher.offerPrefix(row.prefix, u"prefix");
    matcher.offerText(row.note, u"note");
}

void describe(const TenantRow &row, Matcher &matcher)
{
    matcher.offerText(row.tenant, u"tenant");
    matcher.offerText(row.description, u"description");
}
void describe(const SubnetRow &row, Matcher &matcher)
{
    matcher.offerPrefix(row.prefix, u"prefix");
    matcher.offerText(row.name, u"name");
    matcher.offerText(row.description, u"description");
    matcher.offerTags(row.tags);
    matcher.offerTenant(row.tenant);
}
void describe(const AddressRow &row, Matcher &matcher)
{
    matcher.offerAddress(row.address, u"address");
    matcher.offerText(row.holder, u"holder");
    matcher.offerText(row.description, u"description");
    matcher.offerTags(row.tags);
    matcher.offerTenant(row.tenant);
}
void describe(const ControllerRow &row, Matcher &matcher)
{
    matcher.offerText(row.name.toString(), u"name");
    matcher.offerText(row.url, u"url");
    if (row.node)
        matcher.offerText(row.node->toString(), u"node");
}
void describe(const NetworkRow &row, Matcher &matcher)
{
    matcher.offerText(row.name.toString(), u"name");
    matcher.offerText(row.networkId.toString(), u"networkId");
    matcher.offerText(row.title, u"title");
    matcher.offerPrefix(row.subnet, u"subnet");
}
void describe(const MemberRow &row, Matcher &matcher)
{
    matcher.offerText(row.node.toString(), u"node");
    matcher.offerText(row.device, u"device");
    if (row.address)
        matcher.offerAddress(*row.address, u"address");
}
void describe(const DeviceRow &row, Matcher &matcher)
{
    matcher.offerText(row.device, u"device");
    matcher.offerText(row.description, u"description");
    if (row.node)
        matcher.offerText(row.node->toString(), u"node");
    if (row.cn)
        matcher.offerText(row.cn->toString(), u"cn");
}
void describe(const GroupRow &row, Matcher &matcher)
{
    matcher.offerText(row.group, u"group");
    matcher.offerText(row.description, u"description");
}
void describe(const TemplateRow &row, Matcher &matcher)
{
    matcher.offerText(row.name, u"template");
    matcher.offerText(row.description, u"description");
}
void describe(const DivisionRuleRow &row, Matcher &matcher)
{
    matcher.offerText(row.label, u"label");
    matcher.offerPrefix(row.master, u"master");
}
template <typename R>
void describe(const R &, Matcher &)
{
}

/// Where its table comes in an answer.
int placeOf(const Row &row)
{
    // Connectors, iroutes, claims, allocations, instances, networks, members, devices, groups, templates, division
    // rules, controllers, exclusions, tenants, subnets, addresses; the others are not searched.
    constexpr int kNowhere = 99;
    constexpr std::array<int, kTableCount> kPlaces{4,        kNowhere, 0,  1,  3,        2,  12, kNowhere,
                                                   kNowhere, kNowhere, 13, 14, 15,       11, 5,  kNowhere,
                                                   kNowhere, 8,        7,  6,  kNowhere, 9,  10, kNowhere};
    return kPlaces.at(row.index());
}

template <typename R>
void collect(const Topology &topology, const SearchQuestion &question, std::vector<SearchHit> &found)
{
    for (const R &row : topology.rows<R>()) {
        if (auto hit = question.match(row))
            found.push_back(*std::move(hit));
    }
}

} // namespace

QString nameOf(SearchMatch match)
{
    switch (match) {
    case SearchMatch::Exact:
        return u"exact"_s;
    case SearchMatch::Contains:
        return u"contains"_s;
    case SearchMatch::Inside:
        return u"inside"_s;
    case SearchMatch::TextStart:
        return u"textStart"_s;
    case SearchMatch::Text:
        return u"text"_s;
    }
    Q_UNREACHABLE();
}

SearchQuestion::SearchQuestion(QStringView typed) : m_text(typed.trimmed().toString())
{
    if (const auto parsed = Prefix::parseMasked(m_text))
        m_prefix = *parsed;
    m_isPieceOfAddress = !m_prefix && hasLettersOfAddress(m_text);
}

std::optional<SearchHit> SearchQuestion::match(const Row &row) const
{
    Matcher matcher(*this);
    std::visit([&](const auto &r) { describe(r, matcher); }, row);
    if (!matcher.rank())
        return std::nullopt;
    return SearchHit{row, matcher.rank()->match, QString::fromUtf16(matcher.field()), matcher.rank()->distance};
}

std::vector<SearchHit> bestHits(std::vector<SearchHit> hits, std::size_t limit)
{
    std::ranges::stable_sort(
        hits, {}, [](const SearchHit &hit) { return std::tuple(hit.match, hit.distance, placeOf(hit.row)); });
    if (hits.size() > limit)
        hits.erase(hits.begin() + static_cast<std::ptrdiff_t>(limit), hits.end());
    return hits;
}

std::vector<SearchHit> search(const Topology &topology, QStringView typed, std::size_t limit)
{
    const SearchQuestion question(typed);
    if (question.isEmpty())
        return {};
    std::vector<SearchHit> found;
    collect<ConnectorRow>(topology, question, found);
    collect<IrouteRow>(topology, question, found);
    collect<ClaimRow>(topology, question, found);
    collect<AllocationRow>(topology, question, found);
    collect<InstanceRow>(topology, question, found);
    collect<NetworkRow>(topology, question, found);
    collect<MemberRow>(topology, question, found);
    collect<DeviceRow>(topology, question, found);
    collect<GroupRow>(topology, question, found);
    collect<TemplateRow>(topology, question, found);
    collect<DivisionRuleRow>(topology, question, found);
    collect<ControllerRow>(topology, question, found);
    collect<ExclusionRow>(topology, question, found);
    collect<TenantRow>(topology, question, found);
    return bestHits(std::move(found), limit);
}

} // namespace interlock
