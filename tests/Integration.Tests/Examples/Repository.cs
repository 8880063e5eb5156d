using System.Diagnostics;

namespace BmadServer.Integration.Tests.Examples;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    public static DirectoryInfo Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root.FullName, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    private static DirectoryInfo FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "bmadServer.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds bmadServer.sln: these tests run from a source tree.");
    }
}

/// <summary>The TypeScript example, installed and compiled once a test run.</summary>
internal static class TypeScriptExample
{
    private static readonly string[] Folder = ["docs", "examples", "typescript"];
    private static readonly Lazy<Task> Ready = new(BuildAsync);

    public static string Directory { get; } = Repository.PathOf(Folder);

    /// <summary>It compiles the client library together with itself.</summary>
    private static readonly string[] Sources = [Path.Combine(Directory, "src"), Repository.PathOf("src", "Web", "ClientApp", "src", "lib")];

    /// <summary>Every build writes it anew.</summary>
    private static readonly string Compiled = Path.Combine(Directory, "dist", "docs", "examples", "typescript", "src", "demo.js");

    /// <exception cref="InvalidOperationException">It cannot be installed or does not compile; the text says why.</exception>
    public static Task BuiltAsync() => Ready.Value;

    public static Task<string> NpmAsync(params string[] arguments) => Commands.RunAsync("npm", arguments, Directory);

    private static async Task BuildAsync()
    {
        var installed = File.GetLastWriteTimeUtc(Path.Combine(Directory, "node_modules", ".package-lock.json"));
        if (installed < File.GetLastWriteTimeUtc(Path.Combine(Directory, "package-lock.json")))
        {
            await NpmAsync("ci");
        }

        var written = Sources
            .SelectMany(folder => new DirectoryInfo(folder).EnumerateFiles("*.ts"))
            .Append(new FileInfo(Path.Combine(Directory, "tsconfig.json")))
            .Max(file => file.LastWriteTimeUtc);
        if (File.GetLastWriteTimeUtc(Compiled) < written)
        {
            await NpmAsync("run", "build");
        }
    }
}

internal static class Commands
{
    /// <summary>Far longer than any of them takes on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It is not installed, fails or hangs; the text holds all that it wrote.</exception>
    public static async Task<string> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string workingDirectory,
        IReadOnlyDictionary<string, string>? environment = null,
        string input = ""
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var command = string.Join(' ', start.ArgumentList.Prepend(program));
        using var process = Start(start, command);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new InvalidOperationException($"`{command}` did not end within {Patience}.\n{await output}{await errors}");
        }

        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"`{command}` in {workingDirectory} ended with {process.ExitCode}.\n{await output}{await errors}");
    }

    public static Process Start(ProcessStartInfo start, string command)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException($"`{command}` cannot be started; is {start.FileName} installed? {missing.Message}", missing);
        }
    }
}
