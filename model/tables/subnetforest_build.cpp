// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/prefixcover.h"
#include "model/tables/radixsort.h"
#include "model/tables/subnetforest.h"

#include <QHash>
#include <QStringEncoder>

#include <algorithm>
#include <cstring>

namespace interlock {

namespace {

/// Where an item of IPv4 sorts: space, first address, length, kind.
struct Key4
{
    std::uint64_t value = 0;
    std::uint32_t index = 0;

    static constexpr int kBytes = 8;
    [[nodiscard]] std::uint8_t byte(int at) const { return static_cast<std::uint8_t>(value >> (8U * unsigned(at))); }
    friend bool operator==(const Key4 &a, const Key4 &b) { return a.value == b.value; }
    friend bool operator<(const Key4 &a, const Key4 &b) { return a.value < b.value; }
};

/// The same for IPv6.
struct Key6
{
    uint128 first = 0;
    std::uint16_t space = 0;
    std::uint16_t end = 0;
    std::uint32_t index = 0;

    static constexpr int kBytes = 20;
    [[nodiscard]] std::uint8_t byte(int at) const
    {
        if (at < 2)
            return static_cast<std::uint8_t>(end >> (8U * unsigned(at)));
        if (at >= 18)
            return static_cast<std::uint8_t>(space >> (8U * unsigned(at - 18)));
        return static_cast<std::uint8_t>(first >> (8U * unsigned(at - 2)));
    }
    friend bool operator==(const Key6 &a, const Key6 &b)
    {
        return a.space == b.space && a.first == b.first && a.end == b.end;
    }
    friend bool operator<(const Key6 &a, const Key6 &b)
    {
        if (a.space != b.space)
            return a.space < b.space;
        return a.first != b.first ? a.first < b.first : a.end < b.end;
    }
};

/// Outermost of prefixes.
std::vector<Prefix> outermost(std::vector<Prefix> prefixes)
{
    if (!std::ranges::is_sorted(prefixes))
        std::ranges::sort(prefixes);
    std::vector<Prefix> cover;
    for (const Prefix &prefix : prefixes) {
        if (cover.empty() || !cover.back().contains(prefix))
            cover.push_back(prefix);
    }
    return cover;
}

std::uint16_t endOf(const SubnetItem &item)
{
    return static_cast<std::uint16_t>(item.prefix.length() << 3 | static_cast<int>(item.kind));
}

} // namespace

/// Makes a forest of many items: sorts numbers, not items, and writes everything once, in the order of the forest.
class SubnetForest::Builder
{
public:
    Builder(SubnetForest &forest, const std::vector<SubnetItem> &items) : m_forest(forest), m_items(items) {}

    void run()
    {
        numberTenants();
        makeKeys();
        sortAlike(m_keys4);
        sortAlike(m_keys6);
        const std::size_t count = m_items.size();
        m_forest.m_nodes.reserve(count);
        m_forest.m_order.reserve(count);
        m_forest.m_wide.reserve(m_keys6.size());
        for (const Key4 &key : m_keys4)
            add(key.index, static_cast<std::uint32_t>(key.value >> 11U));
        for (const Key6 &key : m_keys6) {
            m_forest.m_wide.push_back(key.first);
            add(key.index, static_cast<std::uint32_t>(m_forest.m_wide.size() - 1));
        }
        m_forest.m_texts.resize(m_written);
        m_forest.m_texts.squeeze();
    }

private:
    [[nodiscard]] std::uint16_t tenantOf(std::size_t index) const
    {
        return m_tenants.empty() ? std::uint16_t{0} : m_tenants[index];
    }

    /// Gives each tenant a number, in the order of their names.
    void numberTenants()
    {
        QHash<QString, std::uint16_t> numbers;
        const QString *lastOrNull = nullptr; // items come by tenant
        for (const SubnetItem &item : m_items) {
            if (item.tenant.isEmpty() || (lastOrNull && *lastOrNull == item.tenant))
                continue;
            lastOrNull = &item.tenant;
            numbers.insert(item.tenant, 0);
        }
        if (numbers.isEmpty())
            return;
        QStringList names = numbers.keys();
        names.sort(Qt::CaseInsensitive);
        for (const QString &name : names)
            numbers[name] = m_forest.tenantNumberOf(name);
        m_tenants.resize(m_items.size());
        std::vector<Prefix> shared;
        std::uint16_t number = 0;
        lastOrNull = nullptr;
        for (std::size_t i = 0; i < m_items.size(); ++i) {
            const SubnetItem &item = m_items[i];
            if (item.tenant.isEmpty()) {
                if (item.kind == SubnetKind::Subnet)
                    shared.push_back(item.prefix);
                continue;
            }
            if (!lastOrNull || *lastOrNull != item.tenant) {
                lastOrNull = &item.tenant;
                number = numbers.value(item.tenant);
            }
            m_tenants[i] = number;
        }
        m_cover = outermost(std::move(shared));
    }

    [[nodiscard]] bool isInShared(std::size_t index) const
    {
        return tenantOf(index) != 0 && isInOneOf(m_cover, m_items[index].prefix);
    }

    void makeKeys()
    {
        m_keys4.reserve(m_items.size());
        if (!m_tenants.empty())
            m_isInShared.resize(m_items.size());
        for (std::size_t i = 0; i < m_items.size(); ++i) {
            const SubnetItem &item = m_items[i];
            std::uint16_t space = tenantOf(i);
            if (space != 0 && isInShared(i)) {
                m_isInShared[i] = true;
                space = 0;
            }
            const uint128 first = item.prefix.first().value();
            const auto index = static_cast<std::uint32_t>(i);
            if (item.prefix.isIPv4()) {
                const auto value = std::uint64_t{space} << 43U | static_cast<std::uint64_t>(first) << 11U | endOf(item);
                m_keys4.push_back({value, index});
            } else {
                m_keys6.push_back({first, space, endOf(item), index});
            }
        }
        radixSort(m_keys4);
        radixSort(m_keys6);
    }

    /// Whether `a` comes before `b`, of which the keys are equal.
    [[nodiscard]] bool isBefore(std::uint32_t a, std::uint32_t b) const
    {
        if (tenantOf(a) != tenantOf(b))
            return tenantOf(a) < tenantOf(b);
        if (isDerived(m_items[a].kind)) {
            if (const auto names = m_items[a].name.toUtf8().compare(m_items[b].name.toUtf8()); names != 0)
                return names < 0;
        }
        return a < b;
    }

    template <typename Key>
    void sortAlike(std::vector<Key> &keys) const
    {
        for (auto begin = keys.begin(); begin != keys.end();) {
            auto end = begin + 1;
            while (end != keys.end() && *end == *begin)
                ++end;
            if (end - begin > 1)
                std::sort(begin, end, [this](const Key &a, const Key &b) { return isBefore(a.index, b.index); });
            begin = end;
        }
    }

    void add(std::uint32_t index, std::uint32_t first)
    {
        const SubnetItem &item = m_items[index];
        const auto slot = static_cast<Slot>(m_forest.m_nodes.size());
        Node &node = m_forest.m_nodes.emplace_back();
        node.first = first;
        node.length = static_cast<std::uint8_t>(item.prefix.length());
        node.tenant = tenantOf(index);
        node.role = roleOf(item.role);
        node.own = item.kind != SubnetKind::Address ? item.addresses : item.isReserved ? 0 : 1;
        node.bits = static_cast<std::uint8_t>(static_cast<int>(item.kind) | (item.prefix.isIPv4() ? 0 : kIPv6) |
                                              (item.isReserved ? kReserved : 0) |
                                              (!m_isInShared.empty() && m_isInShared[index] ? kInShared : 0));
        node.text = write(item);
        // An equal one came later in the items, so it is the one that counts.
        auto &order = m_forest.m_order;
        if (!order.empty() && m_forest.compare(order.back(), slot) == 0) {
            m_forest.m_nodes[order.back()] = node;
            m_forest.m_unused.push_back(slot);
        } else {
            order.push_back(slot);
        }
    }

    std::uint8_t roleOf(const QString &role)
    {
        if (role != m_forest.m_roles[m_role])
            m_role = m_forest.roleNumberOf(role);
        return m_role;
    }

    /// Name and tags as UTF-8, each with a zero. \returns where they are
    std::uint32_t write(const SubnetItem &item)
    {
        if (item.name.isEmpty() && item.tags.isEmpty())
            return 0; // where two zeros are
        const qsizetype most =
            m_encoder.requiredSpace(item.name.size()) + m_encoder.requiredSpace(item.tags.size()) + 2;
        QByteArray &texts = m_forest.m_texts;
        if (m_written + most > texts.size())
            texts.resize(std::max(2 * texts.size(), m_written + most));
        const auto at = static_cast<std::uint32_t>(m_written);
        char *end = writeText(texts.data() + m_written, item.name);
        end = writeText(end, item.tags);
        m_written = end - texts.constData();
        return at;
    }

    /// As a C string: a zero inside of a text would end it here, and nowhere be read as the beginning of the next one.
    char *writeText(char *to, const QString &text)
    {
        char *end = m_encoder.appendToBuffer(to, text);
        *end = '\0';
        return to + std::strlen(to) + 1;
    }

    SubnetForest &m_forest;
    const std::vector<SubnetItem> &m_items;
    std::vector<std::uint16_t> m_tenants; ///< of each item; empty without tenants
    std::vector<bool> m_isInShared;       ///< likewise
    std::vector<Prefix> m_cover;
    std::vector<Key4> m_keys4;
    std::vector<Key6> m_keys6;
    QStringEncoder m_encoder{QStringEncoder::Utf8};
    qsizetype m_written = 2;
    std::uint8_t m_role = 0;
};

SubnetForest::SubnetForest(const std::vector<SubnetItem> &items)
{
    Builder(*this, items).run();
    link({0, m_order.size()});
}

} // namespace interlock
