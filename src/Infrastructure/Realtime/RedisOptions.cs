using StackExchange.Redis;

namespace BmadServer.Infrastructure.Realtime;

/// <summary>Where Redis is, from <c>ConnectionStrings__redis</c>.</summary>
internal sealed class RedisOptions
{
    private const int ReconnectMilliseconds = 500;
    private const int ConnectMilliseconds = 2_000;
    private const int AnswerMilliseconds = 1_000;
    private const int KeepAliveSeconds = 2;

    private readonly string _connectionString;

    private RedisOptions(string connectionString) => _connectionString = connectionString;

    /// <exception cref="StartupException">The text is of no form that Redis' client knows.</exception>
    public static RedisOptions Parse(string connectionString)
    {
        try
        {
            if (ConfigurationOptions.Parse(connectionString).EndPoints.Count > 0)
            {
                return new RedisOptions(connectionString);
            }
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException)
        {
            // The reason is left out: a password may stand in it.
        }

        throw new StartupException("ConnectionStrings__redis is not of the form host:port,password=…,ssl=true");
    }

    /// <summary>With limits under which a Redis that is away or frozen is noticed soon, and never waited for.</summary>
    public ConfigurationOptions ToConfiguration()
    {
        var options = ConfigurationOptions.Parse(_connectionString);
        options.ClientName ??= "bmadserver";
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds);
        options.ConnectTimeout = ConnectMilliseconds;
        options.SyncTimeout = AnswerMilliseconds;
        options.AsyncTimeout = AnswerMilliseconds;
        options.KeepAlive = KeepAliveSeconds;
        return options;
    }
}
