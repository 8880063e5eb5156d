using BmadServer.Infrastructure.Persistence;
using Microsoft.Extensions.Configuration;

namespace BmadServer.Infrastructure.Auth;

/// <summary>Changes the key that signs access tokens, where it is the server's own.</summary>
public sealed class SigningKeyRotation
{
    private readonly IConfiguration _configuration;
    private readonly DataDirectory _directory;

    internal SigningKeyRotation(IConfiguration configuration, DataDirectory directory) =>
        (_configuration, _directory) = (configuration, directory);

    /// <summary>Whether the key stands in the configuration, where only the operator can change it.</summary>
    public bool IsConfigured => SigningKey.IsConfigured(_configuration);

    /// <summary>Where the key lies that is the server's own.</summary>
    public string Directory => _directory.Path;

    /// <inheritdoc cref="SigningKey.Rotate"/>
    public void Rotate(bool keepPrevious) => SigningKey.Rotate(_directory, keepPrevious);
}
