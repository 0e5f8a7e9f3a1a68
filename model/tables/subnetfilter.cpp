// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tables/subnetfilter.h"

#include "model/tables/visiblerows.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr std::size_t kAskEvery = 4096;

char lowered(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Whether ASCII `needle`, in lower case, is somewhere in `text`.
bool holds(std::string_view text, std::string_view needle)
{
    if (needle.size() > text.size())
        return false;
    const char first = needle.front();
    const std::size_t last = text.size() - needle.size();
    for (std::size_t at = 0; at <= last; ++at) {
        if (lowered(text[at]) != first)
            continue;
        std::size_t same = 1;
        while (same < needle.size() && lowered(text[at + same]) == needle[same])
            ++same;
        if (same == needle.size())
            return true;
    }
    return false;
}

char *writeNumber(char *to, unsigned number)
{
    if (number >= 100)
        *to++ = static_cast<char>('0' + number / 100);
    if (number >= 10)
        *to++ = static_cast<char>('0' + number / 10 % 10);
    *to++ = static_cast<char>('0' + number % 10);
    return to;
}

/// "255.255.255.255/32" has eighteen letters.
using PrefixText = std::array<char, 18>;

std::string_view textOf(std::uint32_t address, int length, PrefixText &buffer)
{
    char *to = buffer.data();
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
        to = writeNumber(to, address >> shift & 0xffU);
        *to++ = shift == 0 ? '/' : '.';
    }
    to = writeNumber(to, static_cast<unsigned>(length));
    return {buffer.data(), static_cast<std::size_t>(to - buffer.data())};
}

} // namespace

SubnetFilter::SubnetFilter(const RowFilter &filter)
{
    for (const RowFilter::Term &term : filter.terms()) {
        Word word{term, {}};
        const bool isAscii = std::ranges::all_of(term.word, [](QChar c) { return c.unicode() < 128; });
        if (isAscii)
            word.lower = term.word.toLatin1().toLower();
        const auto isOneOf = [&](std::string_view letters) {
            return std::ranges::all_of(word.lower, [&](char c) { return letters.find(c) != std::string_view::npos; });
        };
        word.isAddressy = isOneOf("0123456789abcdef.:/");
        word.isIPv4Text = isOneOf("0123456789./");
        m_words.push_back(std::move(word));
    }
}

bool SubnetFilter::matches(const SubnetForest &forest, SubnetForest::Slot slot) const
{
    return std::ranges::all_of(m_words,
                               [&](const Word &word) { return word.term.isNegated != matches(word, forest, slot); });
}

bool SubnetFilter::matches(const Word &word, const SubnetForest &forest, SubnetForest::Slot slot)
{
    if (word.term.inside)
        return word.term.inside->contains(forest.prefix(slot));
    if (word.term.pattern || (word.lower.isEmpty() && !word.term.word.isEmpty()))
        return matchesTexts(word, forest, slot);
    if (word.lower.isEmpty())
        return true;
    const std::string_view needle(word.lower.constData(), static_cast<std::size_t>(word.lower.size()));
    const std::string_view name(forest.text(slot));
    if (holds(name, needle) || holds(name.data() + name.size() + 1, needle))
        return true;
    const auto isIn = [&](const QString &text) {
        return !text.isEmpty() && text.contains(word.term.word, Qt::CaseInsensitive);
    };
    if (isIn(forest.role(slot)) || isIn(forest.tenant(slot)))
        return true;
    if (!word.isAddressy)
        return false;
    if (forest.isIPv4(slot)) {
        PrefixText buffer;
        return word.isIPv4Text &&
               holds(textOf(static_cast<std::uint32_t>(forest.first(slot)), forest.length(slot), buffer), needle);
    }
    return isIn(forest.prefix(slot).toString());
}

bool SubnetFilter::matchesTexts(const Word &word, const SubnetForest &forest, SubnetForest::Slot slot)
{
    const auto isIn = [&](const QString &text) { return word.term.matches(Cell{text}); };
    return isIn(forest.prefix(slot).toString()) || isIn(forest.name(slot)) || isIn(forest.tags(slot)) ||
           isIn(forest.role(slot)) || isIn(forest.tenant(slot));
}

SubnetFilter::Result SubnetFilter::marks(const SubnetForest &forest, const std::atomic_bool &isCancelled) const
{
    Result result;
    result.marks.resize(forest.slotCount());
    std::size_t untilAsked = kAskEvery;
    for (const SubnetForest::Slot slot : forest.order()) {
        if (--untilAsked == 0) {
            if (isCancelled.load(std::memory_order_relaxed))
                return {};
            untilAsked = kAskEvery;
        }
        if (!matches(forest, slot))
            continue;
        ++result.matches;
        result.marks[slot] |= VisibleRows::Match;
        SubnetForest::Slot outer = forest.parent(slot);
        while (outer != SubnetForest::kNone && (result.marks[outer] & VisibleRows::AboveMatch) == 0) {
            result.marks[outer] |= VisibleRows::AboveMatch;
            outer = forest.parent(outer);
        }
    }
    return result;
}

} // namespace interlock
