// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"

#include <QByteArray>

#include <functional>
#include <vector>

namespace interlock {

/// What is written to a file: any rows, in any order, which is kept.
struct ExportRows
{
    std::vector<SubnetRow> subnets;
    std::vector<AddressRow> addresses;
};

/// Takes the next piece of a file. \returns false to stop
using TakeBytes = std::function<bool(const QByteArray &)>;

// Each writes one file of an ImportFormat, in pieces of some 64 KiB, and answers false when it was stopped. In CSV,
// text that a spreadsheet would take for a formula is guarded; ImportReader gives it back as it was. Complexity: O(n
// log n) in rows.

/// Our own CSV: everything that is written about the rows, each with its parent among them.
bool exportCsv(const ExportRows &rows, const TakeBytes &take);
/// The same as JSON.
bool exportJson(const ExportRows &rows, const TakeBytes &take);
/// What NetBox's import form for prefixes takes. It has no name of a prefix: that stands in for a missing description.
bool exportNetBoxPrefixes(const ExportRows &rows, const TakeBytes &take);
/// What NetBox's import form for IP addresses takes, each with the mask of its subnet among the rows.
bool exportNetBoxAddresses(const ExportRows &rows, const TakeBytes &take);
/// OpenWISP's form, which holds one subnet. Without a description, the holder of an address stands there.
/// \source CASES X1
bool exportOpenWisp(const SubnetRow &subnet, const std::vector<AddressRow> &addresses, const TakeBytes &take);

} // namespace interlock
