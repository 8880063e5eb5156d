using Microsoft.Extensions.Configuration;

namespace BmadServer.Infrastructure.Persistence;

/// <summary>Where the server keeps its own files: the embedded database and the generated signing key.</summary>
internal sealed class DataDirectory
{
    private const string DefaultPath = "./data";

    /// <summary>Absolute.</summary>
    public required string Path { get; init; }

    public string DatabaseFile => System.IO.Path.Combine(Path, "bmadserver.db");

    /// <summary>The configured directory, made with access for its owner alone where it is missing.</summary>
    /// <exception cref="StartupException">It cannot be made.</exception>
    public static DataDirectory Open(IConfiguration configuration)
    {
        var path = System.IO.Path.GetFullPath(configuration["Data:Directory"] is { Length: > 0 } given ? given : DefaultPath);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data directory {path} cannot be made: {failure.Message}", failure);
        }

        return new DataDirectory { Path = path };
    }

    /// <exception cref="StartupException">No file can be made in it.</exception>
    public void RequireWritable()
    {
        var probe = System.IO.Path.Combine(Path, $".probe.{Environment.ProcessId}.{Guid.CreateVersion7():N}");
        try
        {
            using var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data directory {Path} cannot be written to: {failure.Message}", failure);
        }
    }
}
