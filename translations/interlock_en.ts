<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>EmptyText</name>
    <message>
        <source>No instance yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An instance is one OpenVPN server process. It is the first thing to add.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No connector yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A connector appears when it is given a LAN.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No iroute yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An iroute is a LAN that a connector brings.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No claim yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A claim says under which prefix a LAN is reached: its own one, or a stand-in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No allocation yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An allocation is a connector&apos;s own tunnel address.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No exclusion.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No stand-in is taken from an excluded range, and no LAN keeps it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is in quarantine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What a released claim held waits here before somebody else gets it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No option is set.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An option is pushed to a connector, a group or everybody on an instance.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing has been changed yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every change is one entry here, with who made it and when.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TableText</name>
    <message>
        <source>yes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Version</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instances</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Connectors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Iroutes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Claims</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allocations</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exclusions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quarantine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Options</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Journal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Instance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Network</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pools</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stand-in range</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Collision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Management</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CN</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Group</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Translation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Since</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Description</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prefix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Real prefix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>State</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Virtual prefix</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Carve-out</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Note</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Last holder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Freed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Until</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Scope</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Who</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Command</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Arguments</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Server address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Public address</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Block length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unknown CN</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Allocates by itself</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Moves live sessions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When the store is down</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Password file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tenant</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>sentinel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stand-in</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Meaning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Holds the real prefix.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reached as %1, one to one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Takes back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Can be taken back</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no: a connecting client was answered by it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no: a restore replaced everything</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no: what was dropped is gone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no: it is a note, no edit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no: its images were pruned</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no: a live session had the block</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no: it notes what a controller has</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>interlock::Banner</name>
    <message>
        <source>Try now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask the store again</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>interlock::CellDelegate</name>
    <message>
        <source>Holds the real prefix.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is set here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reached under the virtual prefix, one to one.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>interlock::FactsView</name>
    <message>
        <source>Details of the selected row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No row is selected.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>interlock::StateView</name>
    <message>
        <source>Command for a terminal</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>interlock::StoreWindow</name>
    <message>
        <source>Interlock: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tables</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Menu</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything that this window can do (F10)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show this table</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type what a row must hold</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy rows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The selected rows with a header, separated by tabs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show or hide everything about the selected row</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask the store now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>See at once whether the store answers</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tables, rows, details</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous region</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Details, rows, tables</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close this window; nothing is lost by it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening the store.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The store cannot be opened: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 (%2). Nothing was changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the rows.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The store does not answer: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing was changed. The next try comes by itself.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, schema %2, shown only</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>live, data %n s old</source>
        <translation>
            <numerusform>live, data %n s old</numerusform>
            <numerusform>live, data %n s old</numerusform>
        </translation>
    </message>
    <message>
        <source>does not answer, as of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>does not answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>opening</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>journal %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The store does not answer since %1 (%2).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You see the rows of that time. Nothing was changed. The next try comes by itself.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>interlock::TablePage</name>
    <message>
        <source>Filter: words, -without, in:10.1.0.0/16, /pattern/</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every word must be somewhere in a row. Esc clears.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not a prefix or pattern yet: nothing is filtered.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No row matches %1.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n row(s) are hidden.</source>
        <translation>
            <numerusform>%n row is hidden.</numerusform>
            <numerusform>%n rows are hidden.</numerusform>
        </translation>
    </message>
    <message>
        <source>Clear filter</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n row</numerusform>
            <numerusform>%n rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n row(s)</source>
        <translation>
            <numerusform>%1 of %n row</numerusform>
            <numerusform>%1 of %n rows</numerusform>
        </translation>
    </message>
</context>
</TS>
