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
        where T : struct, INumber<T>
    {
        var key = $"{section}:{name}";
        if (!IsPositive())
        {
            throw new StartupException(
                $"{section}__{name} must be a {(typeof(T) == typeof(int) ? "whole " : "")}number above 0 "
                    + $"and at most {Maximum}, not \"{configuration[key]}\"."
            );
        }

        bool IsPositive()
        {
            try
            {
                var value = configuration.GetValue(key, T.One);
                return value > T.Zero && value <= T.CreateChecked(Maximum);
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }

    /// <exception cref="StartupException">The setting is there, and neither true nor false.</exception>
    public static void RequireBoolean(this IConfiguration configuration, string section, string name)
    {
        if (configuration[$"{section}:{name}"] is { } value && !bool.TryParse(value, out _))
        {
            throw new StartupException($"{section}__{name} must be true or false, not \"{value}\".");
        }
    }
}
