// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/command.h"
#include "model/rules/ccdfile.h"
#include "model/rules/topology.h"

#include <QJsonArray>
#include <QString>

#include <vector>

namespace interlock {

/// Something in a client-config-dir that is not in the rows, or a row that has no place in one.
struct CcdFinding
{
    QString file; ///< name in the folder
    int line = 0; ///< from 1; 0 when it is about the whole file
    QString text; ///< the line, made printable
    CcdSeverity severity = CcdSeverity::Loss;
    QString reason;
};

struct CcdFolder
{
    std::vector<CcdEntry> entries;
    std::vector<CcdFinding> findings;
};

/// Reads every file of a client-config-dir, for `instance`. What is no plain file, is too large, cannot be read or has
/// no common name is a finding, as is every line that the rows cannot say. \returns NotFound, ReadOnly (the folder
/// cannot be read)
[[nodiscard]] Expected<CcdFolder> readCcdFolder(const QString &path, const InstanceRow &instance);

/// One file to be written.
struct CcdOutput
{
    QString fileName;
    QByteArray content;
};

struct CcdExport
{
    std::vector<CcdOutput> files;
    std::vector<CcdFinding> findings;
};

/// The files that mean what the rows mean for `instance`: addresses, LANs as they were settled (with their
/// translation), and the options of the connector and its group. \param isComplete  also what an answer carries
/// besides: the instance's options and the routes to visible peers
[[nodiscard]] CcdExport ccdFilesOf(const Topology &topology, const InstanceRow &instance, bool isComplete);

[[nodiscard]] QJsonArray findingsJson(const std::vector<CcdFinding> &findings);
/// "branch-a:3: reason: line"
[[nodiscard]] QString findingText(const CcdFinding &finding);
[[nodiscard]] bool hasLoss(const std::vector<CcdFinding> &findings);

} // namespace interlock
