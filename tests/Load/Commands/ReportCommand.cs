using System.CommandLine;
using BmadServer.Load.Reporting;

namespace BmadServer.Load.Commands;

internal static class ReportCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "A JSON file that a run has written." };
        var command = new Command("report", "Prints the tables of an earlier run as Markdown.") { file };
        command.SetAction(parsed =>
            Console.Write(MarkdownReport.Write(ResultFiles.Read(File.ReadAllText(parsed.GetValue(file)!.FullName))))
        );
        file.AcceptExistingOnly();
        return command;
    }
}
