// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/output.h"
#include "app/wiring/storelocation.h"

#include <QCoreApplication>

#include <algorithm>

#include <pwd.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace interlock;

namespace {

QString loginName()
{
    const passwd *user = getpwuid(getuid()); // NOLINT(concurrency-mt-unsafe): before any thread
    const QString name = user ? QString::fromLocal8Bit(user->pw_name) : qEnvironmentVariable("LOGNAME");
    return name.isEmpty() ? u"unknown"_s : name;
}

void addEverything(CommandTree &tree)
{
    addStoreCommands(tree);
    addInstanceCommands(tree);
    addConnectorCommands(tree);
    addIrouteCommands(tree);
    addAllocationCommands(tree);
    addClaimCommands(tree);
    addOptionCommands(tree);
    addMacCommands(tree);
    addBlockCommands(tree);
    addVisibleCommand(tree);
    addDecideCommand(tree);
    addNatCommands(tree);
    addCcdCommands(tree);
    addSessionCommands(tree);
    addSubnetCommands(tree);
    addAddressCommands(tree);
    addZtCommands(tree);
    addDeviceCommands(tree);
    addDivisionCommands(tree);
    addGroupCommands(tree);
    addTemplateCommands(tree);
    addVariableCommands(tree);
    addJournalCommands(tree);
    addSearchCommand(tree);
    addHelpCommand(tree);
}

int run(const std::vector<std::string> &words)
{
    CommandTree tree;
    addEverything(tree);
    const auto endOfOptions = std::ranges::find(words, "--");
    const Output output(std::find(words.begin(), endOfOptions, "--json") != endOfOptions);

    const auto action = tree.parse(words);
    if (!action)
        return output.print(action.error(), tree.verbOf(words));
    const QString actor = tree.globals().actor.value_or(loginName());
    // The same rules as for a CN: it is shown in every console.
    if (const auto name = CommonName::parse(actor); !name)
        return output.print(Error{ErrorKind::Invalid, u"--actor: "_s + name.error().detail, {}}, tree.verbOf(words));
    Session session(tree.globals().store.value_or(defaultStoreUrl()), actor);
    const auto answer = (*action)(session);
    return answer ? output.print(*answer) : output.print(answer.error(), tree.verbOf(words));
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string> words = encodeWords(argc, argv);
    const QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(u"interlockctl"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(INTERLOCK_VERSION));
    return run(words);
}
