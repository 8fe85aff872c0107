using Gateflow.Simulator.Faults;

namespace Gateflow.Simulator.Requests;

/// <summary>How one protocol identifies its callers and words what every provider must be able to say.</summary>
internal interface IDialect
{
    IRefusal NotJson { get; }

    IRefusal TooLarge { get; }

    /// <summary>Null: may go on.</summary>
    /// <param name="context">The request; its body is read.</param>
    /// <param name="body">As it arrived, for protocols that sign it.</param>
    IRefusal? Unauthorised(HttpContext context, byte[] body);

    IRefusal NoSuchModel(string model);

    /// <summary>The error that <c>error_rate</c> asks for.</summary>
    IRefusal Simulated(int status, string model);

    /// <summary>Sets the headers that every answer of the provider carries.</summary>
    void Stamp(HttpResponse response);

    /// <summary>Sets the headers that tell the time a request took.</summary>
    void Time(HttpResponse response, Turn turn)
    {
    }
}

/// <summary>An error in the shape of one protocol.</summary>
internal interface IRefusal
{
    Task WriteAsync(HttpContext context);
}
