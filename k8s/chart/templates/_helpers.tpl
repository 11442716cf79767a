{{/*
Names are fixed: a cluster has one Belay, and its code knows its webhook configurations by this name.
*/}}
{{- define "belay.labels" -}}
app.kubernetes.io/name: belay
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{/* What a Pod of the Deployment carries and the selectors ask for. */}}
{{- define "belay.selector" -}}
app.kubernetes.io/name: belay
app.kubernetes.io/component: guard
{{- end }}

{{- define "belay.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* OpenShift gives each namespace users of its own, and refuses a Pod that asks for another one. */}}
{{- define "belay.podSecurityContext" -}}
runAsNonRoot: true
{{- if not (.Capabilities.APIVersions.Has "security.openshift.io/v1") }}
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
{{- end }}
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "belay.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/*
The token, of an hour. The one that Kubernetes mounts by itself (3607 s) is accepted for a year, unless the API server was told
otherwise (--service-account-extend-token-expiration).
*/}}
{{- define "belay.token" -}}
- name: token
  projected:
    sources:
      - serviceAccountToken: {path: token, expirationSeconds: 3600}
      - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
      - downwardAPI: {items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]}
{{- end }}

{{- define "belay.token.mount" -}}
- {name: token, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true}
{{- end }}

{{/* Settings of Belay, the same for both of its containers: src/main/resources/application.properties. */}}
{{- define "belay.env" -}}
- name: BELAY_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
{{- with .Values.rbac.namespaces }}
- {name: BELAY_NAMESPACES, value: {{ join "," . | quote }}}
{{- end }}
- {name: BELAY_GATE_SERVICE, value: belay}
- {name: BELAY_TIMEOUT, value: {{ .Values.settings.timeout | quote }}}
- {name: BELAY_SOAK, value: {{ .Values.settings.soak | quote }}}
- {name: BELAY_YIELD, value: {{ .Values.settings.yield | quote }}}
- {name: BELAY_QUIET, value: {{ .Values.settings.quiet | quote }}}
{{- with .Values.settings.failure }}
- {name: BELAY_FAILURE_EXITS, value: {{ .exits | quote }}}
- {name: BELAY_FAILURE_MINIMUM, value: {{ .minimum | quote }}}
- {name: BELAY_FAILURE_PATIENCE, value: {{ .patience | quote }}}
- {name: BELAY_FAILURE_IMAGE_NOT_FOUND, value: {{ .imageNotFound | quote }}}
{{- end }}
- {name: BELAY_LEASE_DURATION, value: {{ .Values.settings.leaseDuration | quote }}}
{{- if .Values.settings.logJson }}
- {name: BELAY_LOG_JSON, value: "true"}
{{- end }}
{{- with .Values.settings.tracesEndpoint }}
- {name: BELAY_TRACES_ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{- end }}

{{/* Those of one container only. */}}
{{- define "belay.env.gate" -}}
{{- if eq .Values.certificate.source "belay" -}}
- {name: BELAY_CERTIFICATE_VALIDITY, value: {{ .Values.certificate.validity | quote }}}
{{- else -}}
- {name: BELAY_CERTIFICATE, value: provided}
{{- end }}
# After the preStop: the API server keeps its connections to a Pod that the Service no longer names, so each review is
# answered and is the last one on its connection.
- {name: QUARKUS_SHUTDOWN_DELAY, value: "5s"}
{{- with .Values.gate.javaOptions }}
- {name: JAVA_TOOL_OPTIONS, value: {{ . | quote }}}
{{- end }}
{{- end }}

{{- define "belay.env.watcher" -}}
- {name: QUARKUS_MANAGEMENT_PORT, value: "9001"}
{{- with .Values.watcher.javaOptions }}
- {name: JAVA_TOOL_OPTIONS, value: {{ . | quote }}}
{{- end }}
{{- end }}

{{/* Asked about a container's health on its own management port. */}}
{{- define "belay.probes" -}}
# Five minutes: a JVM on a node without spare time.
startupProbe:
  httpGet: {path: /q/health/started, port: {{ . }}}
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 150
readinessProbe:
  httpGet: {path: /q/health/ready, port: {{ . }}}
  periodSeconds: 5
  timeoutSeconds: 2
  failureThreshold: 2
livenessProbe:
  httpGet: {path: /q/health/live, port: {{ . }}}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end }}

{{/*
Whether rights can be bound in this namespace: not empty if it is there, and if nobody can tell, as in `helm template`.
One that is missing or on its way out must not stand in the way of an upgrade of Belay.
*/}}
{{- define "belay.isThere" -}}
{{- $found := lookup "v1" "Namespace" "" . -}}
{{- if $found -}}
{{- if not $found.metadata.deletionTimestamp -}}yes{{- end -}}
{{- else if not (lookup "v1" "Namespace" "" "kube-system") -}}unknown
{{- end -}}
{{- end }}

{{/* Seconds that a certificate has left when it should long have been replaced. */}}
{{- define "belay.certificate.late" -}}
{{- $left := 604800 -}}
{{- with .Values.certificate -}}
{{- if eq .source "belay" -}}
{{- $left = min $left (div (include "belay.seconds" .validity | atoi) 6) -}}
{{- else if eq .source "cert-manager" -}}
{{- $left = min $left (div (include "belay.seconds" .certManager.renewBefore | atoi) 2) -}}
{{- end -}}
{{- end -}}
{{- $left -}}
{{- end }}
