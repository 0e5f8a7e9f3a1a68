// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/command.h"
#include "model/rules/topologyedit.h"

#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace interlock {

/// A row of an import: a position in the command's vector of subnets or in that of addresses.
struct ImportPlace
{
    bool isSubnet = true;
    std::size_t row = 0;

    friend bool operator==(const ImportPlace &, const ImportPlace &) = default;
};

/// A row of an import that was written.
struct ImportedRow
{
    ImportPlace place;
    QString tenant; ///< whose it is now: an address in a shared subnet is everybody's
};

/// As commandArguments(), without a copy of the rows.
[[nodiscard]] QJsonObject argumentsOf(const ImportSubnets &rows);

/// Why a row of an import is refused.
struct ImportRefusal
{
    ImportPlace place;
    ErrorKind kind = ErrorKind::Invalid;
    QString reason; ///< one English clause

    friend bool operator==(const ImportRefusal &, const ImportRefusal &) = default;
};

/// Decides an import row by row: parents before children, whatever the order of the file, and addresses after all
/// subnets. A row that is refused is left out and kept as a refusal, so that one pass tells them all.
///
/// What a row becomes depends on nothing but the stored rows that its prefix overlaps, and its tenant.
class SubnetImport
{
public:
    /// \param rows  must outlive it
    SubnetImport(const ImportSubnets &rows, Timestamp now);

    [[nodiscard]] std::size_t total() const { return m_rows.subnets.size() + m_rows.addresses.size(); }
    [[nodiscard]] std::size_t done() const { return m_next; }
    [[nodiscard]] bool isDone() const { return m_next == total(); }

    /// Decides the next rows, at most `count`.
    /// \complexity O(count log n)
    void step(TopologyEdit &edit, std::size_t count);

    /// The rows that were written so far, in the order in which they were decided; one that is stored already and stays
    /// as it is is not among them.
    [[nodiscard]] const std::vector<ImportedRow> &written() const { return m_written; }
    [[nodiscard]] const std::vector<ImportRefusal> &refusals() const { return m_refusals; }
    [[nodiscard]] std::vector<ImportRefusal> takeRefusals() { return std::move(m_refusals); }

    /// The key of a written row, as a row without contents.
    [[nodiscard]] Row keyOf(const ImportedRow &row) const;

private:
    /// \returns the tenant whose row was written, or none when nothing had to be
    [[nodiscard]] Expected<std::optional<QString>> decide(TopologyEdit &edit, const ImportPlace &place);
    [[nodiscard]] Expected<std::optional<QString>> addSubnet(TopologyEdit &edit, const SubnetRow &asked) const;
    [[nodiscard]] Expected<std::optional<QString>> addAddress(TopologyEdit &edit, const AddressRow &asked);
    [[nodiscard]] Expected<void> checkKnown(TopologyEdit &edit, const QString &tenant) const;

    const ImportSubnets &m_rows;
    Timestamp m_now;
    std::vector<std::size_t> m_order; ///< of the subnets
    std::size_t m_next = 0;
    std::vector<ImportedRow> m_written;
    std::vector<ImportRefusal> m_refusals;
    std::vector<bool> m_isSubnetRepeated; ///< by position: the same subnet is in the import before
    std::vector<bool> m_isAddressRepeated;
    /// Addresses that this import has written and that could be taken again, with whose they are now.
    std::set<std::pair<QString, Address>> m_untaken;
};

} // namespace interlock
