using System.Security.Cryptography;
using System.Text;
using BmadServer.Infrastructure.Persistence;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.IdentityModel.Tokens;

namespace BmadServer.Infrastructure.Auth;

/// <summary>The one key that signs access tokens (HMAC-SHA256).</summary>
internal sealed class SigningKey(SymmetricSecurityKey key)
{
    private const int MinimumBytes = 32;

    /// <summary>32 random bytes have about 30 different values; fewer than half of that is a pattern.</summary>
    private const int MinimumDistinctBytes = 15;

    private const string FileName = "signing.key";
    private const string HowToMakeOne = "Make one with: openssl rand -base64 32";

    public SymmetricSecurityKey Key { get; } = key;

    /// <summary>The configured key, or the data directory's own, which is made the first time.</summary>
    /// <exception cref="StartupException">The key must not be used, or cannot be made or read.</exception>
    public static SigningKey Load(IConfiguration configuration, DataDirectory directory)
    {
        const string name = $"{JwtOptions.Section}:{nameof(JwtOptions.SigningKey)}";
        var configured = configuration[name];
        if (string.IsNullOrEmpty(configured))
        {
            return new SigningKey(new SymmetricSecurityKey(LoadOrCreate(directory)));
        }

        if (StandsInSettingsFile(configuration, name))
        {
            throw new StartupException(
                "Jwt__SigningKey stands in an appsettings file, where keys get committed and copied. "
                    + "Set it as an environment variable instead."
            );
        }

        return new SigningKey(new SymmetricSecurityKey(Decode(configured, "Jwt__SigningKey")));
    }

    private static byte[] Decode(string text, string source)
    {
        byte[] bytes;
        try
        {
            bytes = Convert.FromBase64String(text.Trim());
        }
        catch (FormatException)
        {
            throw new StartupException($"{source} is not base64. {HowToMakeOne}");
        }

        if (bytes.Length < MinimumBytes)
        {
            throw new StartupException($"{source} is too short: {bytes.Length * 8} bits, at least 256 are needed. {HowToMakeOne}");
        }

        var isText = bytes.All(value => value is >= 0x20 and < 0x7f or (byte)'\r' or (byte)'\n');
        if (isText || bytes.Distinct().Count() < MinimumDistinctBytes)
        {
            throw new StartupException($"{source} looks like a placeholder, not like random bytes. {HowToMakeOne}");
        }

        return bytes;
    }

    private static bool StandsInSettingsFile(IConfiguration configuration, string name) =>
        configuration is IConfigurationRoot root
        && root.Providers.OfType<JsonConfigurationProvider>()
            .Any(provider =>
                Path.GetFileName(provider.Source.Path ?? "").StartsWith("appsettings", StringComparison.OrdinalIgnoreCase)
                && provider.TryGet(name, out var value)
                && !string.IsNullOrEmpty(value)
            );

    private static byte[] LoadOrCreate(DataDirectory directory)
    {
        var path = Path.Combine(directory.Path, FileName);
        try
        {
            if (!File.Exists(path))
            {
                CreateAlone(path);
            }

            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            return Decode(File.ReadAllText(path), path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The signing key {path} cannot be made or read: {failure.Message}", failure);
        }
    }

    /// <summary>Of servers that start together one makes the key, and all read that one.</summary>
    private static void CreateAlone(string path)
    {
        var making = $"{path}.making";
        while (true)
        {
            using var held = FileLock.TryTake(making);
            if (held is null)
            {
                Thread.Sleep(FileLock.PollInterval);
                continue;
            }

            try
            {
                if (!File.Exists(path))
                {
                    Create(path);
                }
            }
            finally
            {
                // While it is held: whoever gets a lock afterwards, be it this file's or a new one's, finds the key.
                File.Delete(making);
            }

            return;
        }
    }

    /// <summary>Written whole under another name first, so that nobody reads half a key.</summary>
    private static void Create(string path)
    {
        var draft = $"{path}.{Environment.ProcessId}.{Guid.CreateVersion7():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(draft, options))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(MinimumBytes))));

            // Else a power cut could leave the name without the contents, and no token would be worth anything any more.
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, path, overwrite: false);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
