// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/journalentry.h"
#include "model/rules/rows.h"

#include <QString>

#include <optional>
#include <vector>

namespace interlock {

/// What the window lists, in the order in which it lists it.
enum class Table { Instances, Connectors, Iroutes, Claims, Allocations, Exclusions, Quarantine, Options, Journal };

inline constexpr std::array kTables{Table::Instances,  Table::Connectors,  Table::Iroutes,
                                    Table::Claims,     Table::Allocations, Table::Exclusions,
                                    Table::Quarantine, Table::Options,     Table::Journal};

/// What a cell says beyond its text; shown as icon, text and colour.
enum class CellState { None, Sentinel, StandIn };

/// One cell: what is shown, and what it is compared by.
struct Cell
{
    QString text;
    std::vector<Prefix> prefixes = {}; ///< the addresses in it: sorted by value, and found by `in:`
    std::optional<qint64> number = {}; ///< sorted by value
    CellState state = CellState::None;

    friend bool operator==(const Cell &, const Cell &) = default;
};

struct Fact
{
    QString label;
    QString value;

    friend bool operator==(const Fact &, const Fact &) = default;
};

/// A row as it is listed.
struct TableRow
{
    QString id; ///< unique in its table, stable over edits: what widgets keep
    std::vector<Cell> cells;
    std::vector<Fact> facts = {}; ///< what has no column

    friend bool operator==(const TableRow &, const TableRow &) = default;
};

/// A row that is there now, or, without `row`, one that is gone.
struct RowDelta
{
    QString id;
    std::optional<TableRow> row = {};
};

struct Column
{
    QString title;
    QString name;           ///< stable, untranslated: settings and tests
    bool isAddress = false; ///< digits in slots of one width, elided in the middle
    bool isNumber = false;  ///< right-aligned
    bool isTime = false;    ///< always of one width, and worth nothing when cut
};

/// The table's name, translated.
[[nodiscard]] QString titleOf(Table table);
[[nodiscard]] std::vector<Column> columnsOf(Table table);

[[nodiscard]] TableRow rowOf(const InstanceRow &row, const std::vector<Prefix> &pools);
[[nodiscard]] TableRow rowOf(const ConnectorRow &row);
[[nodiscard]] TableRow rowOf(const IrouteRow &row);
[[nodiscard]] TableRow rowOf(const AllocationRow &row);
[[nodiscard]] TableRow rowOf(const ClaimRow &row);
[[nodiscard]] TableRow rowOf(const ExclusionRow &row);
[[nodiscard]] TableRow rowOf(const QuarantineRow &row);
[[nodiscard]] TableRow rowOf(const OptionRow &row);
[[nodiscard]] TableRow rowOf(const JournalEntry &entry);

} // namespace interlock
