using System.Security.Cryptography;
using System.Text;
using BmadServer.Infrastructure.Persistence;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.IdentityModel.Tokens;

namespace BmadServer.Infrastructure.Auth;

/// <summary>The one key that signs access tokens (HMAC-SHA256), and another whose tokens are taken beside, while keys are changed.</summary>
/// <param name="previous">Signs nothing.</param>
/// <param name="isPreviousKept">
/// Whether the operator takes the previous one away. Otherwise it is taken for as long as one that a server just signed with is valid.
/// </param>
internal sealed class SigningKey(SymmetricSecurityKey key, SymmetricSecurityKey? previous = null, bool isPreviousKept = false)
{
    private const int MinimumBytes = 32;

    /// <summary>32 random bytes have about 30 different values; fewer than half of that is a pattern.</summary>
    private const int MinimumDistinctBytes = 15;

    private const string FileName = "signing.key";
    private const string PreviousFileName = "signing.key.previous";
    private const string HowToMakeOne = "Make one with: openssl rand -base64 32";

    private readonly SecurityKey[] _one = [key];
    private readonly SecurityKey[] _all = previous is null ? [key] : [key, previous];

    public SymmetricSecurityKey Key { get; } = key;

    /// <summary>Those whose signatures are good.</summary>
    /// <param name="uptime">For how long tokens were taken by now.</param>
    public IReadOnlyList<SecurityKey> Accepted(TimeSpan uptime) =>
        isPreviousKept || uptime < JwtOptions.AccessTokenLifetime + JwtOptions.ClockSkew ? _all : _one;

    /// <summary>Whether the key stands in the configuration, and not in the data directory.</summary>
    public static bool IsConfigured(IConfiguration configuration) => !string.IsNullOrEmpty(configuration[NameOf(nameof(JwtOptions.SigningKey))]);

    /// <summary>
    /// Puts a new key in the place of the data directory's own, and keeps that as the previous one. Servers that run go on with what
    /// they have.
    /// </summary>
    /// <param name="keepPrevious">Otherwise what was signed with the present one is worth nothing once the server has started again.</param>
    /// <exception cref="StartupException">The keys cannot be written.</exception>
    public static void Rotate(DataDirectory directory, bool keepPrevious)
    {
        var path = PathOf(directory, FileName);
        var previous = PathOf(directory, PreviousFileName);
        try
        {
            Alone(
                path,
                () =>
                {
                    if (keepPrevious && File.Exists(path))
                    {
                        Write(previous, Decode(File.ReadAllText(path), path));
                    }
                    else
                    {
                        File.Delete(previous);
                    }

                    Write(path, RandomNumberGenerator.GetBytes(MinimumBytes));
                }
            );
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The signing key {path} cannot be replaced: {failure.Message}", failure);
        }
    }

    /// <summary>The configured key, or the data directory's own, which is made the first time.</summary>
    /// <exception cref="StartupException">The key must not be used, or cannot be made or read.</exception>
    public static SigningKey Load(IConfiguration configuration, DataDirectory directory)
    {
        if (!IsConfigured(configuration))
        {
            return new SigningKey(
                new SymmetricSecurityKey(LoadOrCreate(directory)),
                LoadPrevious(directory) is { } kept ? new SymmetricSecurityKey(kept) : null
            );
        }

        var key = Configured(configuration, nameof(JwtOptions.SigningKey))!;
        return new SigningKey(key, Configured(configuration, nameof(JwtOptions.PreviousSigningKey)), isPreviousKept: true);
    }

    /// <returns>Null where it is not configured.</returns>
    private static SymmetricSecurityKey? Configured(IConfiguration configuration, string setting)
    {
        var name = NameOf(setting);
        if (configuration[name] is not { Length: > 0 } text)
        {
            return null;
        }

        var variable = $"{JwtOptions.Section}__{setting}";
        if (StandsInSettingsFile(configuration, name))
        {
            throw new StartupException(
                $"{variable} stands in an appsettings file, where keys get committed and copied. Set it as an environment variable instead."
            );
        }

        return new SymmetricSecurityKey(Decode(text, variable));
    }

    private static string NameOf(string setting) => $"{JwtOptions.Section}:{setting}";

    private static string PathOf(DataDirectory directory, string file) => Path.Combine(directory.Path, file);

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
        var path = PathOf(directory, FileName);
        try
        {
            if (!File.Exists(path))
            {
                Alone(
                    path,
                    () =>
                    {
                        if (!File.Exists(path))
                        {
                            Write(path, RandomNumberGenerator.GetBytes(MinimumBytes));
                        }
                    }
                );
            }

            return Read(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The signing key {path} cannot be made or read: {failure.Message}", failure);
        }
    }

    private static byte[]? LoadPrevious(DataDirectory directory)
    {
        var path = PathOf(directory, PreviousFileName);
        try
        {
            return File.Exists(path) ? Read(path) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The previous signing key {path} cannot be read: {failure.Message}", failure);
        }
    }

    private static byte[] Read(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return Decode(File.ReadAllText(path), path);
    }

    /// <summary>Of servers that start together one makes the key, and all read that one.</summary>
    private static void Alone(string path, Action change)
    {
        var file = $"{path}.lock";
        while (true)
        {
            using var held = FileLock.TryTake(file);
            if (held is null)
            {
                Thread.Sleep(FileLock.PollInterval);
                continue;
            }

            change();
            return;
        }
    }

    /// <summary>Written whole under another name first, so that nobody reads half a key.</summary>
    private static void Write(string path, byte[] key)
    {
        var draft = $"{path}.{Environment.ProcessId}.{Guid.CreateVersion7():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (var file = new FileStream(draft, options))
            {
                file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(key)));

                // Else a power cut could leave the name without the contents, and no token would be worth anything any more.
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
