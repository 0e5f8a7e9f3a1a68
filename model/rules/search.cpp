// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/search.h"

#include <algorithm>
#include <compare>
#include <optional>

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

struct Question
{
    QString text;
    std::optional<Prefix> prefix;

    explicit Question(QStringView typed) : text(typed.trimmed().toString())
    {
        if (const auto parsed = Prefix::parseMasked(text))
            prefix = *parsed;
    }
};

/// Collects the best match of one row's fields.
class Matcher
{
public:
    explicit Matcher(const Question &question) : m_question(question) {}

    void offerText(const QString &text, const char16_t *field)
    {
        const qsizetype at = text.indexOf(m_question.text, 0, Qt::CaseInsensitive);
        if (at < 0)
            return;
        const bool isWhole = text.size() == m_question.text.size();
        const bool isExact = text == m_question.text;
        offer({isWhole   ? SearchMatch::Exact
               : at == 0 ? SearchMatch::TextStart
                         : SearchMatch::Text,
               isExact ? 0 : 1},
              field);
    }

    void offerPrefix(const Prefix &prefix, const char16_t *field)
    {
        if (m_question.prefix) {
            const Prefix &asked = *m_question.prefix;
            const int apart = std::abs(prefix.length() - asked.length());
            if (prefix == asked)
                offer({SearchMatch::Exact, 0}, field);
            else if (prefix.contains(asked))
                offer({SearchMatch::Contains, apart}, field);
            else if (asked.contains(prefix))
                offer({SearchMatch::Inside, apart}, field);
        } else if (m_looksLikeAddress) {
            offerText(prefix.toString(), field);
        }
    }

    void offerAddress(Address address, const char16_t *field) { offerPrefix(Prefix(address, address.width()), field); }

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

    const Question &m_question;
    /// A piece of a prefix, such as "192.168." or "fd00:": anything else is not worth printing every prefix for.
    bool m_looksLikeAddress = std::ranges::all_of(m_question.text, [](QChar c) {
        return c == u'.' || c == u':' || c == u'/' || (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') ||
               (c >= u'A' && c <= u'F');
    });
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

struct Candidate
{
    Rank rank;
    const char16_t *field;
    Row row;
};

template <typename R>
void collect(const Topology &topology, const Question &question, std::vector<Candidate> &found)
{
    for (const R &row : topology.rows<R>()) {
        Matcher matcher(question);
        describe(row, matcher);
        if (matcher.rank())
            found.push_back({*matcher.rank(), matcher.field(), row});
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

std::vector<SearchHit> search(const Topology &topology, QStringView typed, std::size_t limit)
{
    const Question question(typed);
    if (question.text.isEmpty())
        return {};
    std::vector<Candidate> found;
    collect<ConnectorRow>(topology, question, found);
    collect<IrouteRow>(topology, question, found);
    collect<ClaimRow>(topology, question, found);
    collect<AllocationRow>(topology, question, found);
    collect<InstanceRow>(topology, question, found);
    collect<ExclusionRow>(topology, question, found);
    std::ranges::stable_sort(found, {}, &Candidate::rank);
    if (found.size() > limit)
        found.erase(found.begin() + static_cast<std::ptrdiff_t>(limit), found.end());
    std::vector<SearchHit> hits;
    hits.reserve(found.size());
    for (Candidate &candidate : found)
        hits.push_back({std::move(candidate.row), candidate.rank.match, QString::fromUtf16(candidate.field)});
    return hits;
}

} // namespace interlock
