// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/prefixset.h"
#include "model/rules/routecover.h"

#include <algorithm>
#include <map>
#include <optional>

namespace interlock {

// The best cover of few prefixes, found without any cleverness.

inline std::vector<Prefix> plain(const std::vector<GroupedPrefix> &all)
{
    std::vector<Prefix> list;
    for (const auto &each : all)
        list.push_back(each.prefix);
    return list;
}

inline uint128 sizeOf(const Prefix &each)
{
    return each.last().value() - each.first().value() + 1;
}

inline uint128 sizeOf(const std::vector<Prefix> &all)
{
    uint128 size = 0;
    for (const auto &each : PrefixSet::aggregate(all))
        size += sizeOf(each);
    return size;
}

/// A cover, and how good it is: the smaller, the better.
struct Ranked
{
    uint128 excess;
    std::vector<GroupedPrefix> cover;

    friend bool operator<(const Ranked &a, const Ranked &b)
    {
        if (a.excess != b.excess)
            return a.excess < b.excess;
        return a.cover.size() != b.cover.size() ? a.cover.size() < b.cover.size() : a.cover < b.cover;
    }
};

/// Tries every set of routes: each is around a wanted prefix that no other one has yet.
class EveryCover
{
public:
    EveryCover(std::vector<GroupedPrefix> wanted, std::size_t budget, std::optional<Prefix> inside)
        : m_wanted(std::move(wanted)), m_budget(budget), m_inside(std::move(inside))
    {
        std::sort(m_wanted.begin(), m_wanted.end());
        std::vector<GroupedPrefix> none;
        extend(none);
    }
    [[nodiscard]] const std::optional<Ranked> &best() const { return m_best; }

private:
    void extend(std::vector<GroupedPrefix> &routes)
    {
        const auto open = std::find_if(m_wanted.begin(), m_wanted.end(), [&](const GroupedPrefix &wanted) {
            return isNeeded(wanted) && std::none_of(routes.begin(), routes.end(), [&](const GroupedPrefix &route) {
                       return route.group == wanted.group && route.prefix.contains(wanted.prefix) &&
                              (route.prefix == wanted.prefix || isAlone(wanted));
                   });
        });
        if (open == m_wanted.end())
            return keep(routes);
        if (routes.size() == m_budget)
            return;
        for (std::optional<Prefix> around = open->prefix; around && around != m_inside; around = around->parent()) {
            const GroupedPrefix route{*around, open->group};
            if (!isAllowed(route))
                continue;
            routes.push_back(route);
            extend(routes);
            routes.pop_back();
        }
    }
    /// A prefix in another of its group needs no route, unless one of another group is between them.
    [[nodiscard]] bool isNeeded(const GroupedPrefix &wanted) const
    {
        const GroupedPrefix *next = nullptr; // the next wider one
        for (const auto &other : m_wanted) {
            if (other.prefix != wanted.prefix && other.prefix.contains(wanted.prefix))
                next = &other; // ascending: the longest comes last
        }
        return !next || next->group != wanted.group;
    }
    [[nodiscard]] bool isAllowed(const GroupedPrefix &route) const
    {
        return std::find(m_wanted.begin(), m_wanted.end(), route) != m_wanted.end() || isAlone(route);
    }
    /// It overlaps no wanted prefix of another group.
    [[nodiscard]] bool isAlone(const GroupedPrefix &route) const
    {
        return std::none_of(m_wanted.begin(), m_wanted.end(), [&](const GroupedPrefix &other) {
            return other.group != route.group && other.prefix.overlaps(route.prefix);
        });
    }
    void keep(std::vector<GroupedPrefix> routes)
    {
        std::sort(routes.begin(), routes.end());
        const Ranked found{sizeOf(plain(routes)) - sizeOf(plain(m_wanted)), std::move(routes)};
        if (!m_best || found < *m_best)
            m_best = found;
    }

    std::vector<GroupedPrefix> m_wanted;
    std::size_t m_budget;
    std::optional<Prefix> m_inside;
    std::optional<Ranked> m_best;
};

/// The best cover of one group for every number of routes, by going through all of the tree bit by bit.
class EveryNode
{
public:
    using Table = std::map<std::size_t, Ranked>;

    explicit EveryNode(std::size_t most) : m_most(most) {}

    [[nodiscard]] Table tableOf(const Prefix &node, const std::vector<Prefix> &minimal) const
    {
        std::vector<Prefix> inside;
        std::copy_if(minimal.begin(), minimal.end(), std::back_inserter(inside),
                     [&](const Prefix &each) { return node.contains(each); });
        if (inside.empty())
            return {{0, Ranked{0, {}}}};
        if (inside.front() == node)
            return {{1, Ranked{0, {{node, 0}}}}};
        const Prefix low(node.first(), node.length() + 1);
        const Prefix high(node.last(), node.length() + 1);
        Table table;
        const auto lows = tableOf(low, inside);
        const auto highs = tableOf(high, inside);
        for (const auto &a : lows) {
            for (const auto &b : highs) {
                Ranked both{a.second.excess + b.second.excess, a.second.cover};
                both.cover.insert(both.cover.end(), b.second.cover.begin(), b.second.cover.end());
                put(table, std::move(both));
            }
        }
        put(table, Ranked{sizeOf(node) - sizeOf(inside), {{node, 0}}});
        return table;
    }

    [[nodiscard]] std::optional<Ranked> best(const Prefix &inside, const std::vector<Prefix> &wanted) const
    {
        const auto minimal = PrefixSet::aggregate(wanted);
        // The two halves, because the route for all of `inside` is not allowed.
        Table table;
        for (const auto &a : tableOf(Prefix(inside.first(), inside.length() + 1), split(minimal, inside))) {
            for (const auto &b : tableOf(Prefix(inside.last(), inside.length() + 1), split(minimal, inside))) {
                Ranked both{a.second.excess + b.second.excess, a.second.cover};
                both.cover.insert(both.cover.end(), b.second.cover.begin(), b.second.cover.end());
                put(table, std::move(both));
            }
        }
        std::optional<Ranked> best;
        for (const auto &each : table) {
            if (!best || each.second < *best)
                best = each.second;
        }
        return best;
    }

private:
    static std::vector<Prefix> split(const std::vector<Prefix> &minimal, const Prefix &inside)
    {
        if (minimal != std::vector{inside})
            return minimal;
        return {Prefix(inside.first(), inside.length() + 1), Prefix(inside.last(), inside.length() + 1)};
    }
    void put(Table &table, Ranked found) const
    {
        const auto routes = found.cover.size();
        if (routes > m_most)
            return;
        const auto place = table.find(routes);
        if (place == table.end())
            table.emplace(routes, std::move(found));
        else if (found < place->second)
            place->second = std::move(found);
    }

    std::size_t m_most;
};

} // namespace interlock
