// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/routecover.h"

#include "model/rules/routecover_cut.h"
#include "model/rules/routecover_groups.h"
#include "model/rules/routecover_keys.h"
#include "model/rules/routecover_tree.h"

#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

const Prefix &prefixOf(const Prefix &wanted)
{
    return wanted;
}
const Prefix &prefixOf(const GroupedPrefix &wanted)
{
    return wanted.prefix;
}

/// The groups, ascending; a key holds the position.
std::vector<int> groupsOf(std::span<const Prefix>)
{
    return {0};
}
std::vector<int> groupsOf(std::span<const GroupedPrefix> wanted)
{
    std::vector<int> groups;
    for (const GroupedPrefix &each : wanted) {
        if (groups.empty() || each.group != groups.back())
            groups.push_back(each.group);
    }
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    return groups;
}

std::uint32_t placeOf(const Prefix &, const std::vector<int> &)
{
    return 0;
}
std::uint32_t placeOf(const GroupedPrefix &wanted, const std::vector<int> &groups)
{
    if (groups.size() == 1)
        return 0;
    return static_cast<std::uint32_t>(std::lower_bound(groups.begin(), groups.end(), wanted.group) - groups.begin());
}

Expected<void> checkWanted(const Prefix &wanted, Family family, const std::optional<Prefix> &inside)
{
    if (wanted.family() != family)
        return fail(ErrorKind::Invalid, u"%1 is not of the family of the others"_s.arg(wanted.toString()),
                    {{u"prefix"_s, wanted.toString()}});
    if (inside && (!inside->contains(wanted) || wanted == *inside))
        return fail(ErrorKind::Invalid,
                    u"%1 does not lie strictly inside %2"_s.arg(wanted.toString(), inside->toString()),
                    {{u"prefix"_s, wanted.toString()}, {u"subnet"_s, inside->toString()}});
    return {};
}

/// Sorted keys of what is wanted, each once.
template <typename Key, typename Wanted>
Expected<std::vector<Key>> keysOf(std::span<const Wanted> wanted, const std::vector<int> &groups,
                                  const std::optional<Prefix> &inside)
{
    std::vector<Key> keys;
    keys.reserve(wanted.size());
    for (const Wanted &each : wanted) {
        const Prefix &prefix = prefixOf(each);
        const bool isGood = prefix.family() == Key::kFamily &&
                            (!inside || (prefix.length() > inside->length() && inside->contains(prefix.first())));
        if (!isGood)
            return fail(checkWanted(prefix, Key::kFamily, inside).error());
        keys.emplace_back(static_cast<typename Key::Number>(prefix.first().value()), prefix.length(),
                          placeOf(each, groups));
    }
    sortKeys(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

/// The widest prefixes for parts of `range` that may be routes, ascending.
template <typename Key>
void appendRoots(const CoverTree<Key> &tree, const CoverRange &range, int shortest, const ForeignIndex<Key> &foreign,
                 std::vector<CoverRange> &roots)
{
    const auto key = tree.keyOf(range);
    if (range.split == 0 || (key.length() >= shortest && !foreign.isInside(key))) {
        roots.push_back(range);
        return;
    }
    const CoverSplit<typename Key::Gap> &split = tree.splits()[range.split];
    appendRoots(tree, {range.low, range.split, split.left}, shortest, foreign, roots);
    appendRoots(tree, {range.split, range.high, split.right}, shortest, foreign, roots);
}

/// Addresses in `keys`, which are sorted, each once.
template <typename Key>
uint128 addressesIn(const std::vector<Key> &keys)
{
    uint128 sum = 0;
    const Key *outer = nullptr;
    for (const Key &key : keys) {
        if (outer && contains(*outer, key))
            continue;
        outer = &key;
        const auto more = uint128{sizeOf<Key>(key.length())};
        if (more == 0 || sum + more < sum)
            return ~uint128{0}; // 2^128
        sum += more;
    }
    return sum;
}

/// Calls `each(key, place)` with every one of `keys` and the place of the longest of `cover` that it lies in. Both are
/// sorted, of one group.
template <typename Key, typename Each>
void assign(const std::vector<Key> &keys, const std::vector<Key> &cover, Each &&each)
{
    std::vector<std::size_t> open;
    std::size_t next = 0;
    const auto close = [&](const Key &key) {
        while (!open.empty() && !contains(cover[open.back()], key))
            open.pop_back();
    };
    for (const Key &key : keys) {
        while (next < cover.size() && !(key < cover[next])) {
            close(cover[next]);
            open.push_back(next++);
        }
        close(key);
        each(key, open.back());
    }
}

template <typename Key>
void appendMerged(const std::vector<Key> &keys, const std::vector<Key> &cover, int group,
                  std::vector<MergedRoute> &merged)
{
    std::vector<std::size_t> counts(cover.size());
    assign(keys, cover, [&](const Key &, std::size_t place) { ++counts[place]; });
    std::vector<MergedRoute> routes(cover.size());
    for (std::size_t place = 0; place < cover.size(); ++place) {
        if (counts[place] > 1) {
            routes[place].into = prefixOf(cover[place]);
            routes[place].group = group;
            routes[place].from.reserve(counts[place]);
        }
    }
    assign(keys, cover, [&](const Key &key, std::size_t place) {
        if (counts[place] > 1)
            routes[place].from.push_back(prefixOf(key));
    });
    for (MergedRoute &route : routes) {
        if (!route.from.empty())
            merged.push_back(std::move(route));
    }
}

/// The keys of one group: all of them where there is one.
template <typename Key>
class ByGroup
{
public:
    ByGroup(const std::vector<Key> &keys, std::size_t groups) : m_keys(keys), m_parts(groups > 1 ? groups : 0)
    {
        for (const Key &key : keys) {
            if (!m_parts.empty())
                m_parts[key.group()].push_back(key);
        }
    }
    [[nodiscard]] const std::vector<Key> &of(std::size_t group) const
    {
        return m_parts.empty() ? m_keys : m_parts[group];
    }

private:
    const std::vector<Key> &m_keys;
    std::vector<std::vector<Key>> m_parts;
};

template <typename Key>
RouteCover resultOf(const std::vector<Key> &keys, const std::vector<Key> &cover, const std::vector<int> &groups)
{
    RouteCover result;
    for (const Key &key : cover)
        result.cover.push_back({prefixOf(key), groups[key.group()]});
    result.covered = addressesIn(cover);
    result.wanted = addressesIn(keys);
    result.isLossless = result.covered == result.wanted;
    const ByGroup keysOf(keys, groups.size());
    const ByGroup coverOf(cover, groups.size());
    for (std::size_t group = 0; group < groups.size(); ++group)
        appendMerged(keysOf.of(group), coverOf.of(group), groups[group], result.merged);
    std::sort(result.merged.begin(), result.merged.end(), [](const MergedRoute &a, const MergedRoute &b) {
        return std::pair(a.into, a.group) < std::pair(b.into, b.group);
    });
    return result;
}

/// The cover, ascending.
template <typename Key>
Expected<std::vector<Key>> bestCover(const std::vector<Key> &keys, std::size_t groups, std::size_t budget, int shortest)
{
    auto parts = partByGroup(keys, groups, shortest);
    if (!parts) {
        const auto prefix = prefixOf(parts.error()).toString();
        return fail(ErrorKind::Conflict, u"%1 has routes of two groups"_s.arg(prefix), {{u"prefix"_s, prefix}});
    }
    const ForeignIndex<Key> foreign(std::move(parts->kept));
    std::vector<Key> cover = std::move(parts->pinned);
    if (cover.size() + parts->islands.size() <= budget) {
        cover.insert(cover.end(), parts->islands.begin(), parts->islands.end());
        std::sort(cover.begin(), cover.end());
        return cover;
    }
    CoverTree<Key> tree(std::move(parts->islands));
    std::vector<CoverRange> roots;
    for (std::size_t group = 0; group < groups; ++group) {
        if (parts->begins[group] < parts->begins[group + 1])
            appendRoots(tree, tree.grow(parts->begins[group], parts->begins[group + 1]), shortest, foreign, roots);
    }
    const auto needed = cover.size() + roots.size();
    if (needed > budget)
        return fail(ErrorKind::Limit,
                    u"at least %1 routes are needed, and there may be %2"_s.arg(QString::number(needed),
                                                                                QString::number(budget)),
                    {{u"needed"_s, static_cast<qint64>(needed)}, {u"budget"_s, static_cast<qint64>(budget)}});
    std::sort(roots.begin(), roots.end(),
              [&](const CoverRange &a, const CoverRange &b) { return tree.keyOf(a) < tree.keyOf(b); });
    if (!roots.empty()) {
        for (const CoverRange &range : bestCut(tree.splits(), roots, budget - needed))
            cover.push_back(tree.keyOf(range));
    }
    std::sort(cover.begin(), cover.end());
    return cover;
}

template <typename Key, typename Wanted>
Expected<RouteCover> coverOf(std::span<const Wanted> wanted, std::size_t budget, const std::optional<Prefix> &inside)
{
    const auto groups = groupsOf(wanted);
    const auto keys = keysOf<Key>(wanted, groups, inside);
    if (!keys)
        return fail(keys.error());
    const auto cover =
        bestCover(*keys, groups.size(), std::min(budget, kMaxSentRoutes), inside ? inside->length() + 1 : 0);
    if (!cover)
        return fail(cover.error());
    return resultOf(*keys, *cover, groups);
}

template <typename Wanted>
Expected<RouteCover> coverAny(std::span<const Wanted> wanted, std::size_t budget, const std::optional<Prefix> &inside)
{
    if (wanted.empty())
        return RouteCover();
    const bool isIPv4 = inside ? inside->isIPv4() : prefixOf(wanted.front()).isIPv4();
    return isIPv4 ? coverOf<CoverKeyV4>(wanted, budget, inside) : coverOf<CoverKeyV6>(wanted, budget, inside);
}

} // namespace

Expected<RouteCover> coverRoutes(std::span<const GroupedPrefix> wanted, std::size_t budget,
                                 const std::optional<Prefix> &inside)
{
    return coverAny(wanted, budget, inside);
}

Expected<RouteCover> coverRoutes(std::span<const Prefix> wanted, std::size_t budget,
                                 const std::optional<Prefix> &inside)
{
    return coverAny(wanted, budget, inside);
}

} // namespace interlock
