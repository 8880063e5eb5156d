using System.Numerics;
using Microsoft.Extensions.Configuration;

namespace BmadServer.Infrastructure;

/// <summary>Reads settings, and refuses to start with those that make no sense.</summary>
public static class Settings
{
    /// <summary>Far below where times and buffer sizes overflow.</summary>
    private const int Maximum = 1_000_000;

    /// <summary>The section as an object, with its defaults where the configuration says nothing.</summary>
    public static T Options<T>(this IConfiguration configuration, string section)
        where T : class, new() => configuration.GetSection(section).Get<T>() ?? new T();

    /// <exception cref="StartupException">The setting is there, and no number above 0 and at most 1,000,000.</exception>
    public static void RequirePositive<T>(this IConfiguration configuration, string section, string name)
        where T : struct, INumber<T> => configuration.Require<T>(section, name, "above 0", value => value > T.Zero);

    /// <exception cref="StartupException">The setting is there, and no number of 0 to 1,000,000.</exception>
    public static void RequireNotNegative<T>(this IConfiguration configuration, string section, string name)
        where T : struct, INumber<T> => configuration.Require<T>(section, name, "of at least 0", value => value >= T.Zero);

    /// <exception cref="StartupException">The setting is there, and neither true nor false.</exception>
    public static void RequireBoolean(this IConfiguration configuration, string section, string name)
    {
        if (configuration[$"{section}:{name}"] is { } value && !bool.TryParse(value, out _))
        {
            throw new StartupException($"{section}__{name} must be true or false, not \"{value}\".");
        }
    }

    private static void Require<T>(this IConfiguration configuration, string section, string name, string bound, Func<T, bool> isEnough)
        where T : struct, INumber<T>
    {
        var key = $"{section}:{name}";
        if (!IsInBounds())
        {
            throw new StartupException(
                $"{section}__{name} must be a {(typeof(T) == typeof(int) ? "whole " : "")}number {bound} "
                    + $"and at most {Maximum}, not \"{configuration[key]}\"."
            );
        }

        bool IsInBounds()
        {
            try
            {
                var value = configuration.GetValue(key, T.One);
                return isEnough(value) && value <= T.CreateChecked(Maximum);
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }
}
