// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct HelpArgs
{
};

void declareHelp(Arguments /*arguments*/, HelpArgs & /*args*/) {}

Expected<Answer> help(Session & /*session*/, const HelpArgs & /*args*/)
{
    QFile contract(u":/help/cli.md"_s);
    if (!contract.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Unsupported, u"the contract is not built in"_s);
    const QString text = QString::fromUtf8(contract.readAll());
    return Answer{{{u"text"_s, text}}, text.trimmed(), {}, 0};
}

} // namespace

void addHelpCommand(CommandTree &tree)
{
    tree.addVerb<HelpArgs>(tree.root(), "help", "The whole contract: verbs, JSON keys, kinds of error", declareHelp,
                           help);
}

} // namespace interlock
