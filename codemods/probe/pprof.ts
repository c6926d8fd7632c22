import type { Probe } from './probe.ts';

/**
 * It does not import net/http/pprof, which adds its handlers to http.DefaultServeMux: where a program serves that one, all
 * the world could read its profiles. A page of a browser that calls this machine by another name is refused as well.
 */
export const pprof: Probe = {
  id: 'pprof',
  summary: 'serves profiles and execution traces for go tool pprof and go tool trace, on 127.0.0.1 alone',
  options: { port: 6060, contention: false },
  inTests: false,
  source: ({ port, contention }, file) => {
    const paths = ['io', 'log', 'net', 'net/http', 'runtime', 'runtime/pprof', 'runtime/trace'];
    const [io, log, net, http, runtime, pprof, trace] = paths.map(file.name);
    const [fmt, strconv, strings, time] = ['fmt', 'strconv', 'strings', 'time'].map(file.name);
    const rates = `	// Where goroutines wait: all that block, and one in five of those that wait for a lock.
	${runtime}.SetBlockProfileRate(1)
	${runtime}.SetMutexProfileFraction(5)
`;
    return `${file.imports(...paths, 'fmt', 'strconv', 'strings', 'time')}
func init() {
	listener, err := ${net}.Listen("tcp", "127.0.0.1:${port}")
	if err != nil {
		${log}.Printf("goleash probe: pprof is not served: %v", err)
		return
	}
${contention ? rates : ''}	mux := ${http}.NewServeMux()
	mux.HandleFunc("/debug/pprof/", goleashProbePprofLookup)
	mux.HandleFunc("/debug/pprof/profile", goleashProbePprofRecord(${pprof}.StartCPUProfile, ${pprof}.StopCPUProfile, 30*${time}.Second))
	mux.HandleFunc("/debug/pprof/trace", goleashProbePprofRecord(${trace}.Start, ${trace}.Stop, ${time}.Second))
	server := &${http}.Server{Handler: goleashProbePprofLocal(mux), ReadHeaderTimeout: 10 * ${time}.Second}
	${log}.Printf("goleash probe: pprof is served on http://%s/debug/pprof/", listener.Addr())
	go func() {
		${log}.Printf("goleash probe: pprof is no longer served: %v", server.Serve(listener))
	}()
}

// goleashProbePprofLocal refuses requests under other names than those of this machine: a page in a browser may send them.
func goleashProbePprofLocal(handler ${http}.Handler) ${http}.Handler {
	return ${http}.HandlerFunc(func(w ${http}.ResponseWriter, r *${http}.Request) {
		host := r.Host
		if name, _, err := ${net}.SplitHostPort(host); err == nil {
			host = name
		}
		if host != "127.0.0.1" && host != "localhost" {
			${http}.Error(w, "this is for localhost", ${http}.StatusForbidden)
			return
		}
		handler.ServeHTTP(w, r)
	})
}

func goleashProbePprofLookup(w ${http}.ResponseWriter, r *${http}.Request) {
	name := ${strings}.TrimPrefix(r.URL.Path, "/debug/pprof/")
	if name == "" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		for _, profile := range ${pprof}.Profiles() {
			${fmt}.Fprintf(w, "%s?debug=1 (%d)\\n", profile.Name(), profile.Count())
		}
		${fmt}.Fprint(w, "goroutine?debug=2 (all stacks)\\nprofile?seconds=30 (processor time)\\ntrace?seconds=1 (execution trace)\\n")
		return
	}
	profile := ${pprof}.Lookup(name)
	if profile == nil {
		${http}.Error(w, "there is no profile of this name", ${http}.StatusNotFound)
		return
	}
	if r.FormValue("seconds") != "" {
		${http}.Error(w, "the difference over a time is not served here", ${http}.StatusBadRequest)
		return
	}
	if name == "heap" && r.FormValue("gc") != "" {
		${runtime}.GC()
	}
	debug, _ := ${strconv}.Atoi(r.FormValue("debug"))
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if debug == 0 {
		w.Header().Set("Content-Type", "application/octet-stream")
	}
	if err := profile.WriteTo(w, debug); err != nil {
		${log}.Printf("goleash probe: the profile %s was not sent: %v", name, err)
	}
}

func goleashProbePprofRecord(start func(${io}.Writer) error, stop func(), length ${time}.Duration) ${http}.HandlerFunc {
	return func(w ${http}.ResponseWriter, r *${http}.Request) {
		length := length
		if seconds, err := ${strconv}.Atoi(r.FormValue("seconds")); err == nil && seconds > 0 {
			length = ${time}.Duration(seconds) * ${time}.Second
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		if err := start(w); err != nil {
			${http}.Error(w, err.Error(), ${http}.StatusInternalServerError)
			return
		}
		defer stop()
		timer := ${time}.NewTimer(length)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		}
	}
}
`;
  },
  hint: ({ port }) =>
    port === 0
      ? 'it logs where it serves profiles'
      : `go tool pprof http://127.0.0.1:${port}/debug/pprof/goroutine asks it`,
};
