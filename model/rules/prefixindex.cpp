// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/prefixindex.h"

#include "model/rules/prefixset.h"
#include "model/rules/sharedbits.h"

#include <algorithm>

namespace interlock {

namespace {

using Entry = PrefixIndex::Entry;

constexpr auto kGreatestIdentity = std::numeric_limits<std::uint32_t>::max();
/// A merge costs about 20 ns an entry: with this many edits between two of them an edit pays some microseconds.
constexpr std::size_t kLeastOverlay = 1024;
constexpr std::size_t kEntriesForOneEdit = 256;

template <typename Key>
typename PrefixTable<Key>::Row rowOf(const Entry &entry)
{
    return {static_cast<Key>(entry.prefix.first().value()), entry.identity,
            static_cast<std::uint8_t>(entry.prefix.length())};
}

template <typename Key>
Entry entryOf(const typename PrefixTable<Key>::Row &row)
{
    return {Prefix(Address(PrefixTable<Key>::kFamily, row.first), row.length), row.identity};
}

template <typename Key>
Entry entryAt(const PrefixTable<Key> &table, std::uint32_t at)
{
    return entryOf<Key>(table.row(at));
}

/// The live row of `layers` that contains the prefix `first`/`length` and is innermost.
template <typename Layers>
std::uint32_t innermostLive(const Layers &layers, const Address &first, int length)
{
    const auto &table = layers.table;
    auto at = table.innermost(static_cast<decltype(table.first(0))>(first.value()), length);
    while (at != table.kNone && !layers.isLive(at))
        at = table.parent(at);
    return at;
}

/// Calls visit(entry) for each of `entries` that contains `prefix`, innermost first, until it returns false.
template <typename Visit>
void visitContaining(const std::set<Entry> &entries, const Prefix &prefix, Visit visit)
{
    auto behind = entries.upper_bound({prefix, kGreatestIdentity});
    while (behind != entries.begin()) {
        --behind;
        if (behind->prefix.contains(prefix)) {
            if (!visit(*behind))
                return;
        } else {
            // What contains the prefix and sorts lower holds this entry too, so it is no longer than what they share.
            const int shared = sharedBits(behind->prefix.first(), prefix.first());
            behind = entries.upper_bound({Prefix(prefix.first(), shared), kGreatestIdentity});
        }
    }
}

enum class Equal { Included, Skipped };

/// Calls visit(entry) for each live entry inside `prefix` whose prefix sorts at or behind `from`, or, when equal ones
/// are skipped, behind it, in order, until it returns false.
template <typename Layers, typename Visit>
void visitFrom(const Layers &layers, const Prefix &prefix, const Prefix &from, Equal equal, Visit visit)
{
    const auto &table = layers.table;
    using Key = decltype(table.first(0));
    const auto end = table.upperBound(static_cast<Key>(prefix.last().value()));
    auto at =
        table.lowerBound(static_cast<Key>(from.first().value()), from.length() + (equal == Equal::Skipped ? 1 : 0));
    auto added = equal == Equal::Skipped ? layers.added.upper_bound({from, kGreatestIdentity})
                                         : layers.added.lower_bound({from, 0});
    for (; at < end; ++at) {
        if (!layers.isLive(at))
            continue;
        const auto entry = entryAt(table, at);
        for (; added != layers.added.end() && *added < entry; ++added) {
            if (!visit(*added))
                return;
        }
        if (!visit(entry))
            return;
    }
    for (; added != layers.added.end() && prefix.contains(added->prefix); ++added) {
        if (!visit(*added))
            return;
    }
}

template <typename Layers, typename Visit>
void visitInside(const Layers &layers, const Prefix &prefix, Equal equal, Visit visit)
{
    visitFrom(layers, prefix, prefix, equal, visit);
}

} // namespace

/// Steps through the outermost live entries strictly inside a prefix, as rows, which are cheaper than entries.
template <typename Key>
class PrefixIndex::Walk
{
public:
    using Row = typename PrefixTable<Key>::Row;

    Walk(const Layers<Key> &layers, const Prefix &parent)
        : m_layers(layers), m_parent(parent), m_from(static_cast<Key>(parent.first().value())),
          m_last(static_cast<Key>(parent.last().value())), m_at(layers.table.lowerBound(m_from, parent.length() + 1)),
          m_end(layers.table.upperBound(m_last)), m_added(layers.added.upper_bound({parent, kGreatestIdentity}))
    {
    }

    std::optional<Row> next()
    {
        if (m_done)
            return std::nullopt;
        skipCovered();
        const bool inTable = m_at < m_end;
        const bool inAdded = m_added != m_layers.added.end() && m_parent.contains(m_added->prefix);
        if (!inTable && !inAdded)
            return std::nullopt;
        auto row = inTable ? m_layers.table.row(m_at) : rowOf<Key>(*m_added);
        if (inTable && inAdded)
            row = std::min(row, rowOf<Key>(*m_added));
        const auto last = PrefixTable<Key>::lastOf(row);
        m_done = last == m_last;
        m_from = static_cast<Key>(last + 1);
        return row;
    }

private:
    void skipCovered()
    {
        while (m_at < m_end) {
            if (m_layers.table.first(m_at) < m_from)
                m_at = m_layers.table.subtreeEnd(m_at);
            else if (!m_layers.isLive(m_at))
                ++m_at; // its children have lost their parent
            else
                break;
        }
        while (m_added != m_layers.added.end() && m_added->prefix.first().value() < m_from)
            ++m_added;
    }

    const Layers<Key> &m_layers;
    Prefix m_parent;
    Key m_from; ///< the first address that no row so far holds, unless m_done
    Key m_last;
    std::uint32_t m_at;
    std::uint32_t m_end;
    std::set<Entry>::const_iterator m_added;
    bool m_done = false;
};

PrefixIndex::PrefixIndex(std::span<const Entry> entries)
{
    const auto build = [entries]<typename Key>(Layers<Key> &layers) {
        std::vector<typename PrefixTable<Key>::Row> rows;
        for (const auto &entry : entries) {
            if (entry.prefix.family() == PrefixTable<Key>::kFamily)
                rows.push_back(rowOf<Key>(entry));
        }
        if (!std::is_sorted(rows.begin(), rows.end()))
            std::sort(rows.begin(), rows.end());
        rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
        layers.table = PrefixTable<Key>(rows);
    };
    build(m_v4);
    build(m_v6);
}

std::size_t PrefixIndex::size() const
{
    const auto sizeOf = [](const auto &layers) {
        return layers.table.size() - layers.erasedCount + layers.added.size();
    };
    return sizeOf(m_v4) + sizeOf(m_v6);
}

bool PrefixIndex::insert(const Entry &entry)
{
    const bool inserted = withLayers(entry.prefix.family(), [&]<typename Key>(Layers<Key> &layers) {
        const auto at = layers.table.find(rowOf<Key>(entry));
        if (at == layers.table.kNone)
            return layers.added.insert(entry).second;
        if (layers.isLive(at))
            return false;
        layers.erased[at] = false;
        --layers.erasedCount;
        return true;
    });
    mergeIfDue();
    return inserted;
}

bool PrefixIndex::erase(const Entry &entry)
{
    const bool erased = withLayers(entry.prefix.family(), [&]<typename Key>(Layers<Key> &layers) {
        const auto at = layers.table.find(rowOf<Key>(entry));
        if (at == layers.table.kNone)
            return layers.added.erase(entry) > 0;
        if (!layers.isLive(at))
            return false;
        if (layers.erased.empty())
            layers.erased.resize(layers.table.size());
        layers.erased[at] = true;
        ++layers.erasedCount;
        return true;
    });
    mergeIfDue();
    return erased;
}

void PrefixIndex::merge()
{
    const auto mergeLayers = []<typename Key>(Layers<Key> &layers) {
        if (layers.added.empty() && layers.erasedCount == 0)
            return;
        std::vector<typename PrefixTable<Key>::Row> rows;
        rows.reserve(layers.table.size() - layers.erasedCount + layers.added.size());
        visitInside(layers, Prefix(Address(PrefixTable<Key>::kFamily, 0), 0), Equal::Included, [&](const Entry &entry) {
            rows.push_back(rowOf<Key>(entry));
            return true;
        });
        layers = {};
        layers.table = PrefixTable<Key>(rows);
    };
    mergeLayers(m_v4);
    mergeLayers(m_v6);
}

bool PrefixIndex::contains(const Entry &entry) const
{
    return withLayers(entry.prefix.family(), [&]<typename Key>(const Layers<Key> &layers) {
        const auto at = layers.table.find(rowOf<Key>(entry));
        return at == layers.table.kNone ? layers.added.contains(entry) : layers.isLive(at);
    });
}

std::optional<Entry> PrefixIndex::longestMatch(const Address &address) const
{
    return longestMatch(address, address.width());
}

std::optional<Entry> PrefixIndex::longestMatch(const Prefix &prefix) const
{
    return longestMatch(prefix.first(), prefix.length());
}

std::optional<Entry> PrefixIndex::longestMatch(const Address &first, int length) const
{
    return withLayers(first.family(), [&](const auto &layers) -> std::optional<Entry> {
        const auto at = innermostLive(layers, first, length);
        std::optional<Entry> best;
        if (at != layers.table.kNone)
            best = entryAt(layers.table, at);
        if (layers.added.empty())
            return best;
        visitContaining(layers.added, Prefix(first, length), [&](const Entry &entry) {
            if (!best || *best < entry) // both contain the prefix: the later one is the longer one
                best = entry;
            return false;
        });
        return best;
    });
}

std::optional<PrefixIndex::Hit> PrefixIndex::lookUp(const Address &address) const
{
    return withLayers(address.family(), [&]<typename Key>(const Layers<Key> &layers) -> std::optional<Hit> {
        if (layers.isMerged()) {
            const auto at = layers.table.innermost(static_cast<Key>(address.value()), address.width());
            if (at == layers.table.kNone)
                return std::nullopt;
            return Hit{layers.table.identity(at), layers.table.length(at)};
        }
        const auto match = longestMatch(address);
        return match ? std::optional(Hit{match->identity, match->prefix.length()}) : std::nullopt;
    });
}

std::vector<Entry> PrefixIndex::containing(const Prefix &prefix) const
{
    return withLayers(prefix.family(), [&](const auto &layers) {
        std::vector<Entry> chain;
        for (auto at = innermostLive(layers, prefix.first(), prefix.length()); at != layers.table.kNone;
             at = layers.table.parent(at)) {
            if (layers.isLive(at))
                chain.push_back(entryAt(layers.table, at));
        }
        visitContaining(layers.added, prefix, [&](const Entry &entry) {
            chain.push_back(entry);
            return true;
        });
        std::sort(chain.begin(), chain.end());
        return chain;
    });
}

std::vector<Entry> PrefixIndex::equalTo(const Prefix &prefix) const
{
    return withLayers(prefix.family(), [&](const auto &layers) {
        std::vector<Entry> equal;
        visitInside(layers, prefix, Equal::Included, [&](const Entry &entry) {
            if (entry.prefix != prefix)
                return false;
            equal.push_back(entry);
            return true;
        });
        return equal;
    });
}

std::vector<Entry> PrefixIndex::contained(const Prefix &prefix) const
{
    return withLayers(prefix.family(), [&](const auto &layers) {
        std::vector<Entry> inside;
        visitInside(layers, prefix, Equal::Included, [&](const Entry &entry) {
            inside.push_back(entry);
            return true;
        });
        return inside;
    });
}

std::vector<Entry> PrefixIndex::contained(const Prefix &prefix, const std::optional<Prefix> &after,
                                          std::size_t limit) const
{
    std::vector<Entry> inside;
    // Every prefix of IPv4 sorts before those of IPv6.
    if (limit == 0 || (after && *after > Prefix(prefix.last(), prefix.last().width())))
        return inside;
    const bool isFromTheStart = !after || *after < prefix;
    withLayers(prefix.family(), [&](const auto &layers) {
        visitFrom(layers, prefix, isFromTheStart ? prefix : *after, isFromTheStart ? Equal::Included : Equal::Skipped,
                  [&](const Entry &entry) {
                      inside.push_back(entry);
                      return inside.size() < limit;
                  });
    });
    return inside;
}

std::vector<Entry> PrefixIndex::children(const Prefix &prefix) const
{
    return withLayers(prefix.family(), [&]<typename Key>(const Layers<Key> &layers) {
        std::vector<Entry> outermost;
        Walk<Key> walk(layers, prefix);
        while (const auto child = walk.next())
            outermost.push_back(entryOf<Key>(*child));
        return outermost;
    });
}

PrefixIndex::Run PrefixIndex::containedRun(const Prefix &prefix) const
{
    Q_ASSERT(isMerged());
    return withLayers(prefix.family(), [&]<typename Key>(const Layers<Key> &layers) {
        return Run{prefix.family(), layers.table.lowerBound(static_cast<Key>(prefix.first().value()), prefix.length()),
                   layers.table.upperBound(static_cast<Key>(prefix.last().value()))};
    });
}

Entry PrefixIndex::at(Family family, std::uint32_t position) const
{
    Q_ASSERT(isMerged());
    return withLayers(family, [&](const auto &layers) { return entryAt(layers.table, position); });
}

std::vector<Prefix> PrefixIndex::gaps(const Prefix &parent) const
{
    return withLayers(parent.family(), [&]<typename Key>(const Layers<Key> &layers) {
        std::vector<Prefix> free;
        const auto address = [&](uint128 value) { return Address(parent.family(), value); };
        auto from = parent.first().value();
        Walk<Key> walk(layers, parent);
        while (const auto child = walk.next()) {
            if (child->first > from)
                PrefixSet::appendRange(address(from), address(child->first - 1), free);
            const auto last = PrefixTable<Key>::lastOf(*child);
            if (last == parent.last().value())
                return free;
            from = uint128{last} + 1;
        }
        PrefixSet::appendRange(address(from), parent.last(), free);
        return free;
    });
}

std::optional<Prefix> PrefixIndex::nextFree(const Prefix &parent, int length, std::span<const Address> taken) const
{
    if (length < parent.length() || length > parent.first().width() ||
        (length == parent.length() && !equalTo(parent).empty()))
        return std::nullopt;
    return withLayers(parent.family(), [&]<typename Key>(const Layers<Key> &layers) -> std::optional<Prefix> {
        const auto end = static_cast<Key>(parent.last().value());
        const auto hostBits = static_cast<Key>(~Prefix::maskOf(parent.family(), length));
        auto first = static_cast<Key>(parent.first().value());
        auto address = std::lower_bound(taken.begin(), taken.end(), parent.first());
        Walk<Key> walk(layers, parent);
        for (auto child = walk.next();;) {
            while (child && PrefixTable<Key>::lastOf(*child) < first)
                child = walk.next();
            while (address != taken.end() && address->value() < first)
                ++address;
            auto blocked = static_cast<Key>(first | hostBits);
            const bool addressTaken = address != taken.end() && *address <= Address(parent.family(), blocked);
            if (child && child->first <= blocked)
                blocked = std::max(blocked, PrefixTable<Key>::lastOf(*child));
            else if (!addressTaken)
                return Prefix(Address(parent.family(), first), length);
            if (blocked >= end)
                return std::nullopt;
            first = static_cast<Key>(blocked + 1); // aligned: both ends were
        }
    });
}

std::optional<Entry> PrefixIndex::firstOverlap(const Prefix &prefix) const
{
    if (const auto around = containing(prefix); !around.empty())
        return around.front();
    return withLayers(prefix.family(), [&](const auto &layers) {
        std::optional<Entry> first;
        visitInside(layers, prefix, Equal::Included, [&](const Entry &entry) {
            first = entry;
            return false;
        });
        return first;
    });
}

std::vector<Entry> PrefixIndex::overlapping(const Prefix &prefix) const
{
    auto found = containing(prefix);
    withLayers(prefix.family(), [&](const auto &layers) {
        visitInside(layers, prefix, Equal::Skipped, [&](const Entry &entry) {
            found.push_back(entry);
            return true;
        });
    });
    return found;
}

std::vector<PrefixIndex::Overlap> PrefixIndex::overlaps(std::size_t limit) const
{
    std::vector<Overlap> found;
    const auto sweep = [&]<typename Key>(const Layers<Key> &layers) {
        std::vector<Entry> around;
        visitInside(layers, Prefix(Address(PrefixTable<Key>::kFamily, 0), 0), Equal::Included, [&](const Entry &entry) {
            while (!around.empty() && !around.back().prefix.contains(entry.prefix))
                around.pop_back();
            for (const auto &outer : around) {
                if (found.size() == limit)
                    return false;
                found.push_back({outer, entry});
            }
            around.push_back(entry);
            return true;
        });
    };
    sweep(m_v4);
    sweep(m_v6);
    return found;
}

std::size_t PrefixIndex::pendingEdits() const
{
    return m_v4.added.size() + m_v4.erasedCount + m_v6.added.size() + m_v6.erasedCount;
}

void PrefixIndex::mergeIfDue()
{
    if (pendingEdits() > kLeastOverlay + size() / kEntriesForOneEdit)
        merge();
}

} // namespace interlock
